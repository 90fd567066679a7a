import ONNXGraph

/// Where an output with a list of classes at several places has its axes.
struct OutputPlaces: Hashable, Sendable {
  /// The axis of the classes; nil where each place has one number.
  let classAxis: Int?
  /// The axes of the places: one for positions, two for pixels, three for a volume's.
  let placeAxes: [Int]
  /// The sides of the places.
  let sides: [Int]
  /// Classes at each place.
  let classCount: Int
  /// Number of the value's axes.
  let rank: Int

  /// Finds the axes of logits such as [N, C, H, W], [N, H, W, C], [N, H, W] or [N, T, C]; nil for
  /// other shapes.
  ///
  /// The axis of the classes is the one of the output's Softmax or ArgMax, else the one left beside
  /// rows and columns, else the last of three and the second of more.
  init?(of logits: Logits, arrangement: Arrangement?) {
    guard let shape = logits.shape, (3...5).contains(shape.count),
      let inner = Array(shape.dropFirst()).fixedSides, inner.allSatisfy({ $0 > 0 })
    else { return nil }
    rank = shape.count
    let all = Array(1..<rank)
    let directed = all.filter { axis in
      arrangement.map { $0.axes[axis].direction != nil } ?? false
    }
    if let axis = logits.classAxis {
      classAxis = axis
    } else if directed.count > 1, directed.count >= all.count - 1 {
      classAxis = all.first { !directed.contains($0) }
    } else {
      classAxis = rank == 3 ? 2 : 1
    }
    placeAxes = all.filter { [classAxis] in $0 != classAxis }
    sides = placeAxes.map { inner[$0 - 1] }
    classCount = classAxis.map { inner[$0 - 1] } ?? 1
  }

  /// What the output is.
  var kind: OutputKind {
    guard sides.count > 1 else { return .positions(sides[0]) }
    let size = ImageSize(width: sides[sides.count - 1], height: sides[sides.count - 2])
    return sides.count == 2 ? .pixels(size) : .voxels(size, depth: sides[0])
  }

  /// Whether the classes are ranked by how many places they win, instead of by their logits: over
  /// all of a picture a sum of logits says little.
  var ranksByShare: Bool { sides.count > 1 }

  /// The shape of a weight for each place, which broadcasts over the classes.
  var maskShape: [Int] {
    var shape = [Int](repeating: 1, count: rank)
    for (axis, side) in zip(placeAxes, sides) { shape[axis] = side }
    return shape
  }
}
