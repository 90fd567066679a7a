// What moves or regroups elements moves parts of axes.

extension Arrangement {
  /// The axes in another order.
  func transposed(_ order: [Int]) -> Arrangement? {
    guard order.allSatisfy(axes.indices.contains) else { return nil }
    return Arrangement(order.map { axes[$0] })
  }

  /// The same elements in another shape; nil where a side neither joins nor divides parts.
  func reshaped(to shape: Shape) -> Arrangement? {
    var rest = Array(axes.joined().reversed())
    var result: [[Part]] = []
    for (position, side) in shape.enumerated() {
      var axis: [Part] = []
      if side == .unknown, position == shape.count - 1 {
        axis = rest.reversed()
        rest = []
      } else if !Self.take(side, from: &rest, into: &axis) {
        return nil
      }
      result.append(axis)
    }
    return rest.allSatisfy { $0.size == .fixed(1) } ? Arrangement(result) : nil
  }

  /// Takes parts until they fill a side, splitting the last one where it must be.
  private static func take(
    _ side: Dimension, from rest: inout [Part], into axis: inout [Part]
  ) -> Bool {
    var left = side
    // One image alone belongs to the first axis that could hold it.
    if case .batch(.fixed(1))? = rest.last { axis.append(rest.removeLast()) }
    while left != .fixed(1) {
      guard let part = rest.popLast() else { return false }
      let size = part.size
      if size == .unknown || left == .unknown {
        guard size == left else { return false }
        axis.append(part)
        return true
      }
      if size != .fixed(0), size * (left / size) == left {
        axis.append(part)
        left = left / size
      } else if let (outer, inner) = part.split(left) {
        axis.append(outer)
        rest.append(inner)
        return true
      } else {
        return false
      }
    }
    return true
  }

  /// With axes of side 1 put in at these places of the result.
  func unsqueezed(_ added: Set<Int>) -> Arrangement? {
    var rest = axes[...]
    let all = (0..<axes.count + added.count).map { added.contains($0) ? [] : rest.popFirst() }
    let known = all.compactMap(\.self)
    return known.count == all.count ? Arrangement(known) : nil
  }

  /// Without some axes.
  func removing(_ gone: Set<Int>) -> Arrangement {
    Arrangement(axes.indices.filter { !gone.contains($0) }.map { axes[$0] })
  }

  /// With some axes replaced.
  func replacing(_ axis: Int, with parts: [Part]) -> Arrangement {
    var axes = axes
    axes[axis] = parts
    return Arrangement(axes)
  }
}

extension Arrangement.Part {
  /// This part as a product, the first factor of a size; nil where it does not come out even.
  fileprivate func split(_ side: Dimension) -> (Arrangement.Part, Arrangement.Part)? {
    guard let outer = side.value, let size = size.value, outer > 0, size.isMultiple(of: outer)
    else { return nil }
    let inner = size / outer
    switch self {
    case .other: return (.other(.fixed(outer)), .other(.fixed(inner)))
    case .batch: return (.batch(.fixed(outer)), .batch(.fixed(inner)))
    case .place(let place):
      var (first, second) = (place, place)
      first.size = outer
      first.stride = place.stride * inner
      second.size = inner
      return (.place(first), .place(second))
    case .tokens: return nil
    }
  }
}
