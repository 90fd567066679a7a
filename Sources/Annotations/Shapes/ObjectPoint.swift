import Imaging

/// A point of an outline, in pixels; the middle of the first pixel is (½, ½).
package struct ObjectPoint: Hashable, Sendable {
  /// Across and down.
  package let x, y: Double

  /// A point by its coordinates.
  package init(x: Double, y: Double) { (self.x, self.y) = (x, y) }

  /// The point on the upright picture of one on the picture as stored.
  func upright(_ size: StoredSize) -> ObjectPoint {
    let (right, bottom) = (Double(size.width) - x, Double(size.height) - y)
    return switch size.orientation {
    case 2: ObjectPoint(x: right, y: y)
    case 3: ObjectPoint(x: right, y: bottom)
    case 4: ObjectPoint(x: x, y: bottom)
    case 5: ObjectPoint(x: y, y: x)
    case 6: ObjectPoint(x: bottom, y: x)
    case 7: ObjectPoint(x: bottom, y: right)
    case 8: ObjectPoint(x: y, y: right)
    default: self
    }
  }
}
