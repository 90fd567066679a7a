/// An image that is changed a little again and again, each time for one run of the model.
struct ChangedImage {
  /// The numbers, in the model's layout.
  private(set) var values: [Float]
  /// How many came before it.
  var index = 0

  /// An image of zeros.
  init(_ count: Int) { values = [Float](repeating: 0, count: count) }

  /// Replaces all numbers.
  mutating func update(_ values: [Float]) { self.values = values }

  /// Replaces the numbers of some places by those of another image.
  mutating func replace(_ changed: ArraySlice<Int>, by other: [Float], _ places: ImagePlaces) {
    values.withUnsafeMutableBufferPointer { values in
      for start in places.starts {
        for place in changed {
          let first = start + place * places.width
          for index in first..<first + places.width { values[index] = other[index] }
        }
      }
    }
  }
}

/// Which numbers of an image belong to which place (row and column).
struct ImagePlaces: Hashable, Sendable {
  /// How many places there are.
  let count: Int
  /// How many numbers of a place stand side by side: the channels, where they are last.
  let width: Int
  /// Where each plane of places begins: one a channel and slice.
  let starts: [Int]

  /// Reads the layout of a model's input.
  init(of input: ModelInput) {
    count = input.size.width * input.size.height
    width = input.layout == .nhwc ? input.channels : 1
    let planes = (input.depth ?? 1) * (input.layout == .nhwc ? 1 : input.channels)
    let size = count * width
    starts = (0..<planes).map { $0 * size }
  }

  /// The place that a number belongs to.
  func place(of index: Int) -> Int { index / width % count }
}
