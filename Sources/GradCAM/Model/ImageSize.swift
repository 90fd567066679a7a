/// Width and height in pixels.
public struct ImageSize: Hashable, Sendable, CustomStringConvertible {
  /// Pixels in a row.
  public let width: Int
  /// Rows.
  public let height: Int

  /// Makes a size.
  public init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// A size of this shape whose longer side is so long; neither side is less than 1.
  package func scaled(longerSide: Int) -> ImageSize {
    let longer = Double(max(width, height, 1))
    let side = { (length: Int) in
      max(1, Int((Double(length) * Double(longerSide) / longer).rounded()))
    }
    return ImageSize(width: side(width), height: side(height))
  }

  /// `224x224`: width, then height.
  public var description: String { "\(width)x\(height)" }
}
