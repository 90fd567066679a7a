import Diagnostics
import ONNXSession

extension Model {
  /// The value with the shares of the places that each class wins, where that ranks them.
  var shares: String? {
    guard let placeSum, placeSum.places.ranksByShare else { return nil }
    return placeSum.shares
  }

  /// What to feed for the places of a target; nothing for a model with one list of classes.
  ///
  /// - Throws: ``DiagnosticError`` where the model's output has no such places.
  func placeInputs(
    for choice: TargetPlaces, seen view: PhotoView
  ) throws(DiagnosticError) -> [String: Tensor] {
    guard let sum = placeSum else {
      guard choice == .all || choice == .won else { throw .noPlaces(choice, self) }
      return [:]
    }
    let sides = sum.places.sides
    var weights = [Float](repeating: 1, count: sides.reduce(1, *))
    switch (choice.choice, sum.places.kind) {
    case (.all, .positions), (.won, .positions): throw .positionNeeded(self)
    case (.all, _), (.won, _): break
    case (.position(let index), .positions(let count)):
      guard (0..<count).contains(index) else { throw .positionOutOfRange(index, self) }
      weights = weights.indices.map { $0 == index ? 1 : 0 }
    case (.region(let part), .pixels(let size)), (.region(let part), .voxels(let size, _)):
      weights = weights.indices.map { index in
        let (column, row) = (index % size.width, index / size.width % size.height)
        let x = view.x + (Double(column) + 0.5) * view.width / Double(size.width)
        let y = view.y + (Double(row) + 0.5) * view.height / Double(size.height)
        let isIn =
          x >= Double(part.x) && x < Double(part.x + part.width) && y >= Double(part.y)
          && y < Double(part.y + part.height)
        return isIn ? 1 : 0
      }
      guard weights.contains(1) else { throw .emptyRegion(part, size, self) }
    default: throw .noPlaces(choice, self)
    }
    return sum.tensors(weights, onlyWon: choice == .won)
  }
}

extension [Layer] {
  /// The last layer on every path before those that have one map a class, which show the classes
  /// themselves; the last of all where there is none.
  func beforeClasses(_ classCount: Int, to last: Int?) -> Int? {
    guard let last else { return nil }
    let passive: Set<String> = [
      "Input", "Identity", "Cast", "Pad", "Resize", "Upsample", "Transpose",
    ]
    let candidates = indices.prefix(through: last).filter { self[$0].isOnEveryPath }
    let before = candidates.reversed().drop { self[$0].channels == classCount }
    return before.first { !passive.contains(self[$0].operatorName) } ?? last
  }
}
