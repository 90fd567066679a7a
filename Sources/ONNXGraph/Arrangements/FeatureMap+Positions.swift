extension FeatureMap {
  /// Where each number of the map [C, H, W], or [C, D, H, W], stands among those of one image's
  /// value: the way back from ``brought(_:)``.
  ///
  /// - Parameter shape: the value's sides for one image.
  /// - Returns: positions in row-major order; nil where the value is not of that shape.
  package func positions(in shape: [Int]) -> [Int]? {
    var array = Positions(shape: shape)
    if let cut = steps.cut { array.cut(cut) }
    if let parts = steps.parts { array.shape(parts) }
    array.transpose(steps.order)
    if let sides = steps.sides { array.shape(sides) }
    return array.values?.count == channels * placeCount ? array.values : nil
  }
}

/// An array of its own positions, moved about as a term would be.
private struct Positions {
  private var sides: [Int]
  /// None once a step does not fit.
  private(set) var values: [Int]?

  init(shape: [Int]) {
    sides = shape
    values = Array(0..<shape.reduce(1, *))
  }

  /// The distance between neighbours along each axis.
  private var strides: [Int] {
    var strides = sides
    var step = 1
    for axis in sides.indices.reversed() {
      strides[axis] = step
      step *= sides[axis]
    }
    return strides
  }

  mutating func cut(_ cut: FeatureMap.Cut) {
    guard sides.indices.contains(cut.axis), cut.start >= 0, cut.end <= sides[cut.axis] else {
      return values = nil
    }
    let (inner, side) = (strides[cut.axis], sides[cut.axis])
    values = values?.enumerated().filter {
      (cut.start..<cut.end).contains($0.offset / inner % side)
    }.map(\.element)
    sides[cut.axis] = cut.end - cut.start
  }

  /// Takes another shape, of which one side may be -1.
  mutating func shape(_ shape: [Int]) {
    let known = shape.reduce(1) { $1 < 0 ? $0 : $0 * $1 }
    let count = values?.count ?? 0
    guard known > 0, count.isMultiple(of: known) else { return values = nil }
    sides = shape.map { $0 < 0 ? count / known : $0 }
    if sides.reduce(1, *) != count { values = nil }
  }

  mutating func transpose(_ order: [Int]) {
    guard order.sorted() == Array(sides.indices) else { return values = nil }
    let (moved, steps) = (order.map { sides[$0] }, order.map { strides[$0] })
    guard let old = values else { return }
    var new: [Int] = []
    new.reserveCapacity(old.count)
    var place = [Int](repeating: 0, count: moved.count)
    for _ in old.indices {
      new.append(old[zip(place, steps).reduce(0) { $0 + $1.0 * $1.1 }])
      var axis = moved.count - 1
      while axis >= 0 {
        place[axis] += 1
        if place[axis] < moved[axis] { break }
        place[axis] = 0
        axis -= 1
      }
    }
    (sides, values) = (moved, new)
  }
}
