package import ONNXFormat

/// What a Slice takes from one axis: start, step and number of positions, all resolved.
package struct SliceRange: Hashable, Sendable {
  package let start: Int
  package let step: Int
  package let count: Int

  /// The positions taken, in order.
  package var positions: [Int] { (0..<count).map { start + $0 * step } }

  /// Resolves start, end and step as Slice does for an axis of that side.
  package init?(start: Int, end: Int, step: Int, side: Int) {
    guard step != 0, step != .min, side >= 0 else { return nil }
    let from = start < 0 ? start &+ side : start
    let to = end < 0 ? (end < -side ? -1 - (step > 0 ? -1 : 0) : end + side) : end
    let first = step > 0 ? min(max(from, 0), side) : min(max(from, 0), side - 1)
    let last = step > 0 ? min(max(to, 0), side) : max(min(to, side - 1), -1)
    let distance = step > 0 ? last - first : first - last
    self.start = first
    self.step = step
    count = distance <= 0 ? 0 : (distance - 1) / abs(step) + 1
  }

  /// The ranges of a Slice node by axis, without axes that are taken whole; nil for an axis whose side or bounds are not known;
  /// nil altogether where the axes are not known.
  package static func ranges(
    _ node: NodeProto, of shape: Shape, opset: Int, integers: (Int) -> [Dimension]?
  ) -> [Int: SliceRange?]? {
    let old = opset < 10
    let starts = old ? node.ints("starts")?.map(Dimension.fixed) : integers(1)
    let ends = old ? node.ints("ends")?.map(Dimension.fixed) : integers(2)
    guard let starts, let ends, starts.count == ends.count else { return nil }
    let hasAxes = old ? node.attribute("axes") != nil : node.input(at: 3) != nil
    let named = old ? node.ints("axes") : integers(3)?.compactMap(\.value)
    guard let axes = hasAxes ? named : Array(starts.indices), axes.count == starts.count else {
      return nil
    }
    let steps =
      node.input(at: 4) == nil || old
      ? Array(repeating: .fixed(1), count: starts.count) : integers(4) ?? []
    guard steps.count == starts.count else { return nil }
    var ranges: [Int: SliceRange?] = [:]
    for position in starts.indices {
      guard let axis = Axes.place(axes[position], in: shape.count) else { return nil }
      if starts[position].value == 0, (ends[position].value ?? 0) >= Int(Int32.max),
        steps[position].value == 1
      {
        // All of it, whatever its side: exporters slice the batch so.
        continue
      }
      guard let side = shape[axis].value, let start = starts[position].value,
        let end = ends[position].value, let step = steps[position].value
      else {
        ranges[axis] = .some(nil)
        continue
      }
      ranges[axis] = SliceRange(start: start, end: end, step: step, side: side)
    }
    return ranges
  }
}
