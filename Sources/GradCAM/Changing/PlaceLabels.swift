import ONNXGraph

/// A number for each element of a layer's value: its channel or its place of the map.
///
/// Axes along which all are alike have side 1, so that labels broadcast.
struct PlaceLabels: Hashable, Sendable {
  /// The sides, as many as the value has.
  private(set) var shape: [Int]
  /// The labels in row-major order; -1 for what belongs to no place, such as a class token.
  private(set) var values: [Int]

  /// The channel of each element of one image's value; nil where the value is not the map's.
  ///
  /// Tokens beside the grid have channels too.
  static func channels(of map: FeatureMap, in shape: [Int]) -> PlaceLabels? {
    labels(of: map, in: shape) { $0 / map.placeCount }
  }

  /// The place of each element; none for tokens beside the grid.
  static func places(of map: FeatureMap, in shape: [Int]) -> PlaceLabels? {
    labels(of: map, in: shape) { $0 % map.placeCount }
  }

  private static func labels(
    of map: FeatureMap, in shape: [Int], label: (Int) -> Int
  ) -> PlaceLabels? {
    guard let positions = map.positions(in: shape) else { return nil }
    var values = [Int](repeating: -1, count: shape.reduce(1, *))
    for (index, position) in positions.enumerated() { values[position] = label(index) }
    var labels = PlaceLabels(shape: shape, values: values)
    for axis in shape.indices { labels.join(axis) }
    return labels
  }

  /// Makes an axis 1 long where labels along it are alike or missing.
  private mutating func join(_ axis: Int) {
    let side = shape[axis]
    let inner = shape[(axis + 1)...].reduce(1, *)
    guard side > 1 else { return }
    var joined: [Int] = []
    joined.reserveCapacity(values.count / side)
    for outer in 0..<values.count / (side * inner) {
      for place in 0..<inner {
        var found = -1
        for index in 0..<side {
          let label = values[(outer * side + index) * inner + place]
          if label >= 0, found >= 0, label != found { return }
          found = max(found, label)
        }
        joined.append(found)
      }
    }
    shape[axis] = 1
    values = joined
  }
}

extension PlaceLabels {
  /// The label of every number of one image's value, row by row.
  func spread(to sides: [Int]) -> [Int] {
    var steps = shape
    var step = 1
    for axis in shape.indices.reversed() {
      steps[axis] = shape[axis] == 1 ? 0 : step
      step *= shape[axis]
    }
    var offsets = [0]
    for (side, step) in zip(sides, steps) {
      offsets = offsets.flatMap { offset in (0..<side).map { offset + $0 * step } }
    }
    return offsets.map { values[$0] }
  }
}
