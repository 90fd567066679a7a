/// Where on a photo the class is: boxes, or the pixels themselves, as annotations tell.
///
/// All in pixels of the photo as it stands upright, from its upper left corner.
public struct GroundTruth: Hashable, Sendable {
  /// A box around each thing; the right and bottom edges are excluded.
  public let boxes: [PointingGame.Box]
  /// The pixels of all things together, where they are known.
  public let mask: PixelMask?

  /// Makes a truth of boxes alone; their pixels count as the things'.
  public init(boxes: [PointingGame.Box]) { (self.boxes, mask) = (boxes, nil) }

  /// Makes a truth of pixels.
  ///
  /// - Parameters:
  ///   - mask: the class's pixels, as large as the photo.
  ///   - boxes: a box around each thing; the least box around all pixels unless given.
  public init(mask: PixelMask, boxes: [PointingGame.Box] = []) {
    self.mask = mask
    self.boxes = boxes.isEmpty ? [mask.bounds].compactMap(\.self) : boxes
  }

  /// The pixels of a photo that belong to the class.
  public func pixels(of photo: ImageSize) -> PixelMask {
    mask ?? PixelMask(size: photo, boxes: boxes)
  }

  /// Whether the middle of a photo belongs to the class: what the centre alone would hit.
  public func containsCenter(of photo: ImageSize, tolerance: Int = 0) -> Bool {
    contains(x: photo.width / 2, y: photo.height / 2, tolerance: tolerance)
  }

  /// Whether a pixel belongs to the class, or lies within `tolerance` pixels of a box of it.
  ///
  /// Where the pixels are known, they count alone and the tolerance is one of their box.
  public func contains(x: Int, y: Int, tolerance: Int = 0) -> Bool {
    if let mask, tolerance == 0 { return mask.contains(x: x, y: y) }
    return PointingGame(tolerance: tolerance).contains((x, y), boxes)
  }
}
