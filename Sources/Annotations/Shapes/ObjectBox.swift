import Imaging

/// A place in pixels: edges, of which the right and the bottom one are excluded.
package struct ObjectBox: Hashable, Sendable {
  /// The edges.
  package let left, top, right, bottom: Double

  /// A box from its edges.
  package init(left: Double, top: Double, right: Double, bottom: Double) {
    (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
  }

  /// The smallest box around points, which are at least one.
  init(around points: [ObjectPoint]) {
    self.init(
      left: points.map(\.x).min() ?? 0, top: points.map(\.y).min() ?? 0,
      right: points.map(\.x).max() ?? 0, bottom: points.map(\.y).max() ?? 0)
  }

  /// Whether nothing is in it.
  var isEmpty: Bool { !(left < right && top < bottom) }

  /// Whether all edges are numbers that pictures may have, so that arithmetic on them stays exact.
  var isSensible: Bool { [left, top, right, bottom].allSatisfy { abs($0) < 1e9 } }

  /// The part within a picture.
  func clipped(width: Int, height: Int) -> ObjectBox {
    ObjectBox(
      left: min(max(left, 0), Double(width)), top: min(max(top, 0), Double(height)),
      right: min(max(right, 0), Double(width)), bottom: min(max(bottom, 0), Double(height)))
  }

  /// How far it reaches outside a picture, on the worst side.
  func overhang(width: Int, height: Int) -> Double {
    max(0, -left, -top, right - Double(width), bottom - Double(height))
  }

  /// The box on the upright picture of one on the picture as stored.
  func upright(_ size: StoredSize) -> ObjectBox {
    ObjectBox(around: [
      ObjectPoint(x: left, y: top).upright(size), ObjectPoint(x: right, y: bottom).upright(size),
    ])
  }

  /// The edges as problems tell them.
  var text: String {
    "\(Self.text(left)), \(Self.text(top)), \(Self.text(right)), \(Self.text(bottom))"
  }

  /// A number with at most two digits after the point.
  static func text(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
    let rounded = (value * 100).rounded() / 100
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
  }
}
