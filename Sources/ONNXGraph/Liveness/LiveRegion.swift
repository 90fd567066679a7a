/// The positions of a value that a target depends on: all, except along axes that are named.
package struct LiveRegion: Hashable, Sendable {
  /// What is live along an axis; an axis that is not named is live everywhere.
  package private(set) var axes: [Int: Span] = [:]

  /// The positions of an axis, or of one factor of it: position p of the axis belongs to
  /// `p / inner % side`.
  package struct Span: Hashable, Sendable {
    package var range: Range<Int>
    /// Number of positions of the factor.
    package var side: Int
    /// How many positions of the axis one of the factor holds.
    package var inner = 1
  }

  /// Everything is live, except along the axes given.
  package init(_ axes: [Int: Span] = [:]) {
    self.axes = axes.filter { $1.range != 0..<$1.side }
  }

  /// Whether nothing is live.
  package var isEmpty: Bool { axes.values.contains { $0.range.isEmpty } }

  /// The live positions of a whole axis of that side.
  package func range(_ axis: Int, side: Int) -> Range<Int> {
    guard let span = axes[axis], span.inner == 1, span.side == side else { return 0..<side }
    return span.range
  }

  /// The smallest region that holds both.
  package func union(_ other: LiveRegion) -> LiveRegion {
    if isEmpty { return other }
    if other.isEmpty { return self }
    var result: [Int: Span] = [:]
    for (axis, span) in axes {
      guard var joined = other.axes[axis], joined.side == span.side, joined.inner == span.inner
      else { continue }
      joined.range =
        min(
          span.range.lowerBound, joined.range.lowerBound)..<max(
          span.range.upperBound, joined.range.upperBound)
      result[axis] = joined
    }
    return LiveRegion(result)
  }
}

// MARK: - Seen from another shape

extension LiveRegion {
  /// The region with axes renamed; those that get no name are live everywhere.
  func renamed(_ name: (Int) -> Int?) -> LiveRegion {
    var result: [Int: Span] = [:]
    for (axis, span) in axes { if let name = name(axis) { result[name] = span } }
    return isEmpty ? self : LiveRegion(result)
  }

  /// The region without what it says of some axes.
  func forgetting(_ isForgotten: (Int) -> Bool) -> LiveRegion {
    renamed { isForgotten($0) ? nil : $0 }
  }

  /// The region of the same elements in another shape.
  ///
  /// A factor of an axis is told by how many elements one position of it holds, which does not
  /// change.
  func reshaped(from old: Shape, to new: Shape) -> LiveRegion {
    var result: [Int: Span] = [:]
    for (axis, span) in axes {
      let size = Array(old[(axis + 1)...]).product * .fixed(span.inner)
      guard size != .unknown else { continue }
      for place in new.indices {
        let suffix = Array(new[(place + 1)...]).product
        let inner = size / suffix
        guard let count = inner.value, count > 0, inner * suffix == size else { continue }
        // The factor must lie within the axis.
        let factor = .fixed(count) * Dimension.fixed(span.side)
        let whole = new[place] / factor
        guard factor != .fixed(0), whole != .unknown, whole != .fixed(0),
          whole * factor == new[place]
        else { continue }
        result[place] = Span(range: span.range, side: span.side, inner: count)
        break
      }
    }
    return isEmpty ? self : LiveRegion(result)
  }
}
