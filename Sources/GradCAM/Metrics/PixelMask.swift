/// Some pixels of a photo.
public struct PixelMask: Hashable, Sendable {
  /// The photo's size.
  public let size: ImageSize
  /// Whether each pixel is in, row by row.
  public let pixels: [Bool]

  /// Makes a mask of a photo, which stands upright.
  ///
  /// - Precondition: there is a value for each pixel.
  public init(size: ImageSize, pixels: [Bool]) {
    precondition(pixels.count == size.width * size.height, "a mask has a value for each pixel")
    (self.size, self.pixels) = (size, pixels)
  }

  /// The pixels of a photo whose middles lie in one of some boxes.
  public init(size: ImageSize, boxes: [PointingGame.Box]) {
    var pixels = [Bool](repeating: false, count: size.width * size.height)
    for box in boxes {
      let columns = Self.pixels(from: box.left, to: box.right, of: size.width)
      for row in Self.pixels(from: box.top, to: box.bottom, of: size.height) {
        for column in columns { pixels[row * size.width + column] = true }
      }
    }
    (self.size, self.pixels) = (size, pixels)
  }

  /// How many pixels are in.
  public var count: Int { pixels.count(where: \.self) }

  /// The share of the photo's pixels that are in, 0 through 1.
  public var share: Double { pixels.isEmpty ? 0 : Double(count) / Double(pixels.count) }

  /// The share of what a model sees of the photo that is in, 0 through 1.
  ///
  /// What evidence would be there by chance: no map has any where the model does not look.
  public func share(of view: PhotoView) -> Double {
    let seen = view.rounded
    let columns = max(0, seen.x)..<min(size.width, seen.x + seen.width)
    let rows = max(0, seen.y)..<min(size.height, seen.y + seen.height)
    let inside = rows.reduce(0) { sum, row in
      sum + columns.count { pixels[row * size.width + $0] }
    }
    return rows.isEmpty || columns.isEmpty ? 0 : Double(inside) / Double(rows.count * columns.count)
  }

  /// Whether a pixel is in; none outside the photo is.
  public func contains(x: Int, y: Int) -> Bool {
    (0..<size.width).contains(x) && (0..<size.height).contains(y) && pixels[y * size.width + x]
  }

  /// All other pixels.
  public var inverted: PixelMask { PixelMask(size: size, pixels: pixels.map { !$0 }) }

  /// The least box around the pixels that are in; nil where none is.
  public var bounds: PointingGame.Box? {
    var (left, top, right, bottom) = (size.width, size.height, 0, 0)
    for row in 0..<size.height {
      for column in 0..<size.width where pixels[row * size.width + column] {
        (left, right) = (min(left, column), max(right, column + 1))
        (top, bottom) = (min(top, row), row + 1)
      }
    }
    guard right > 0 else { return nil }
    return PointingGame.Box(
      left: Double(left), top: Double(top), right: Double(right), bottom: Double(bottom))
  }

  /// The pixels whose middles lie between two places: from ≤ i + ½ < to.
  private static func pixels(from: Double, to: Double, of count: Int) -> Range<Int> {
    let first = { (place: Double) in
      Int(min(max((place - 0.5).rounded(.up), 0), Double(count)))
    }
    guard from < to else { return 0..<0 }
    return first(from)..<max(first(from), first(to))
  }
}
