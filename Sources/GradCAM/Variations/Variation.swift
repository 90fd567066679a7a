/// A photo changed a little, in a way that can be undone on its map.
struct Variation: Hashable, Sendable {
  /// Whether left and right change places.
  var isMirrored = false
  /// What every number is multiplied with.
  var factor: Float = 1
  /// How many pixels the photo moves to the right and down; its edges are held.
  var right = 0
  var down = 0

  /// The photo as it is.
  static let none = Variation()

  /// The photo and its mirror image, each as it is, darker and brighter: the six views of
  /// test-time augmentation.
  static let augmentation: [Variation] = [false, true].flatMap { mirrored in
    [1, 0.9, 1.1].map { Variation(isMirrored: mirrored, factor: $0) }
  }

  /// Moves by parts of a cell of the layer, n along each side, around the photo's place.
  static func shifts(_ count: Int, cell: (width: Double, height: Double)) -> [Variation] {
    let steps = (0..<count).map { (Double($0) - Double(count - 1) / 2) / Double(count) }
    return steps.flatMap { down in
      steps.map { right in
        Variation(
          right: Int((right * cell.width).rounded()), down: Int((down * cell.height).rounded()))
      }
    }
  }

  /// Both at once, this one first.
  func then(_ next: Variation) -> Variation {
    Variation(
      isMirrored: isMirrored != next.isMirrored, factor: factor * next.factor,
      right: right + next.right, down: down + next.down)
  }
}

// MARK: - Photos

extension Variation {
  /// The numbers of one image changed.
  func applied(to values: [Float], of input: ModelInput) -> [Float] {
    guard self != .none else { return values }
    let (width, height) = (input.size.width, input.size.height)
    let isLast = input.layout == .nhwc
    let pixel = isLast ? input.channels : 1
    let planes = values.count / (width * height * pixel)
    var result = [Float](repeating: 0, count: values.count)
    for plane in 0..<planes {
      for row in 0..<height {
        let from = min(max(row - down, 0), height - 1)
        for column in 0..<width {
          let seen = min(max(column - right, 0), width - 1)
          let source = isMirrored ? width - 1 - seen : seen
          let to = ((plane * height + row) * width + column) * pixel
          let origin = ((plane * height + from) * width + source) * pixel
          for channel in 0..<pixel { result[to + channel] = values[origin + channel] * factor }
        }
      }
    }
    return result
  }

  /// A value for each number of the image, brought back to where the number was; only without
  /// moves.
  func undone(_ attribution: FloatTensor, of input: ModelInput) -> FloatTensor {
    var back = self
    back.factor = 1
    return FloatTensor(
      shape: attribution.shape, values: back.applied(to: attribution.values, of: input))
  }
}

// MARK: - Maps

extension Variation {
  /// The map brought back to where things were, with each cell divided n times along each side.
  ///
  /// A fine cell takes the value of the cell that covered its middle while the photo was moved.
  func undone(_ map: RawMap, dividing count: Int, cell: (width: Double, height: Double)) -> RawMap {
    guard self != .none || count > 1 else { return map }
    func places(_ side: Int, cell: Double, moved: Int) -> [Int] {
      (0..<side * count).map { fine in
        let middle = (Double(fine) + 0.5) * cell / Double(count) + Double(moved)
        return min(max(Int((middle / cell).rounded(.down)), 0), side - 1)
      }
    }
    let rows = places(map.height, cell: cell.height, moved: down)
    var columns = places(map.width, cell: cell.width, moved: right)
    // The photo is mirrored before it moves.
    if isMirrored { columns.reverse() }
    let values = map.slices.flatMap { slice in
      rows.flatMap { row in columns.map { slice.values[row * map.width + $0] } }
    }
    return RawMap(
      width: map.width * count, height: map.height * count, depth: map.depth, values: values)
  }
}
