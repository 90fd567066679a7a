import Imaging

/// What a model sees of a photo: a rectangle in the photo's pixels.
public struct PhotoView: Hashable, Sendable {
  /// The photo's size.
  public let photo: ImageSize
  /// Left edge in pixels of the photo; negative where the model sees padding there.
  public let x: Double
  /// Top edge.
  public let y: Double
  /// Width in pixels of the photo.
  public let width: Double
  /// Height.
  public let height: Double

  /// The whole photo.
  init(of photo: ImageSize) {
    self.photo = photo
    (x, y) = (0, 0)
    (width, height) = (Double(photo.width), Double(photo.height))
  }

  /// A part cut from the photo after scaling it.
  init(of photo: ImageSize, scaledTo scaled: (width: Int, height: Int), cut: PixelRectangle) {
    let across = Double(photo.width) / Double(scaled.width)
    let down = Double(photo.height) / Double(scaled.height)
    self.photo = photo
    x = Double(cut.x) * across
    y = Double(cut.y) * down
    width = Double(cut.width) * across
    height = Double(cut.height) * down
  }

  /// The rectangle in whole pixels.
  var rounded: PixelRectangle {
    let (left, top) = (Int(x.rounded()), Int(y.rounded()))
    return PixelRectangle(
      x: left, y: top, width: max(1, Int((x + width).rounded()) - left),
      height: max(1, Int((y + height).rounded()) - top))
  }

  /// Whether the model sees all of the photo.
  public var coversPhoto: Bool {
    rounded == PixelRectangle(x: 0, y: 0, width: photo.width, height: photo.height)
  }
}
