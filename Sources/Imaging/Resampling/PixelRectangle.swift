/// A rectangle of whole pixels.
public struct PixelRectangle: Hashable, Sendable {
  /// The top left corner, which may lie outside of the image.
  public var x, y: Int

  /// The size.
  public var width, height: Int

  /// Makes a rectangle.
  public init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }
}
