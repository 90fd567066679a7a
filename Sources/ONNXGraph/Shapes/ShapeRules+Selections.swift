import ONNXFormat

extension ShapeRules {
  /// Operators that choose, join or pad.
  static let selections: [String: ShapeRule] = [
    "Concat": { [concat($0)] },
    "Split": { split($0) },
    "Slice": { [slice($0)] },
    "Gather": { [gather($0)] },
    "Pad": { [pad($0)] },
    "CenterCropPad": { [centred($0)] },
  ]

  private static func concat(_ question: ShapeQuestion) -> ValueFacts {
    var facts = ValueFacts(type: question.input(0).type)
    let contents = question.inputs.compactMap(\.integers)
    let isFlat = question.inputs.allSatisfy { $0.shape?.count ?? 1 == 1 }
    if isFlat, contents.count == question.inputs.count { facts.integers = contents.flatMap { $0 } }
    let floats = question.inputs.compactMap(\.floats)
    if isFlat, floats.count == question.inputs.count { facts.floats = floats.flatMap { $0 } }
    let shapes = question.inputs.compactMap(\.shape)
    guard shapes.count == question.inputs.count, let first = shapes.first,
      shapes.allSatisfy({ $0.count == first.count }),
      let axis = Axes.place(question.node.int("axis") ?? 1, in: first.count)
    else { return facts }
    let shape = first.indices.map { position in
      let sides = shapes.map { $0[position] }
      if position == axis { return sides.reduce(.fixed(0), +) }
      return sides.first { $0 != .unknown } ?? .unknown
    }
    facts.shape = shape
    facts.arrangement = .joined(question.inputs, along: axis, to: shape)
    return facts
  }

  private static func split(_ question: ShapeQuestion) -> [ValueFacts] {
    let count = question.node.output.count
    let whole = sameAsFirst(question)
    guard let shape = whole.shape,
      let axis = Axes.place(question.node.int("axis") ?? 0, in: shape.count)
    else { return Array(repeating: ValueFacts(type: whole.type), count: count) }
    let sizes =
      question.numbers("split", orInput: 1)
      ?? shape[axis].value.map {
        evenParts(of: $0, count: question.node.int("num_outputs") ?? count)
      }
    var start = 0
    return (0..<count).map { part in
      var facts = whole
      let size = sizes.flatMap { $0.indices.contains(part) ? $0[part] : nil }
      facts.shape?[axis] = size.map(Dimension.fixed) ?? .unknown
      let range = size.flatMap { size in
        shape[axis].value.flatMap {
          SliceRange(start: start, end: start &+ size, step: 1, side: $0)
        }
      }
      facts.arrangement = whole.arrangement?.sliced(axis, to: range, side: shape[axis])
      start = start &+ (size ?? 0)
      return facts
    }
  }

  /// The sides of a split into equal parts, the last one smaller where it does not come out even.
  static func evenParts(of side: Int, count: Int) -> [Int] {
    guard count > 0, count < 1 << 16, (0...ValueFacts.sideLimit).contains(side) else { return [] }
    let part = (side + count - 1) / count
    return (0..<count).map { max(0, min(part, side - $0 * part)) }
  }

  private static func slice(_ question: ShapeQuestion) -> ValueFacts {
    var facts = sameAsFirst(question)
    guard let shape = facts.shape,
      let ranges = SliceRange.ranges(
        question.node, of: shape, opset: question.opset, integers: { question.input($0).integers })
    else {
      facts.shape = facts.shape.map { $0.map { _ in .unknown } }
      facts.arrangement = nil
      return facts
    }
    for (axis, range) in ranges {
      facts.shape?[axis] = range.map { .fixed($0.count) } ?? .unknown
      facts.arrangement = facts.arrangement?.sliced(axis, to: range, side: shape[axis])
    }
    if let contents = question.input(0).integers, let output = facts.shape?.fixedSides {
      facts.integers = picked(contents, of: shape, as: output) { place in
        place.indices.map { axis in
          guard case .some(.some(let range)) = ranges[axis] else { return place[axis] }
          return range.start + place[axis] * range.step
        }
      }
    }
    return facts
  }

  /// Contents of another shape: which element of the whole stands at each place of it.
  static func picked(
    _ contents: [Dimension], of shape: Shape, as output: [Int], _ source: ([Int]) -> [Int]
  ) -> [Dimension]? {
    guard let sides = shape.fixedSides, shape.product.value == contents.count,
      let count = output.map(Dimension.fixed).product.value, count <= contents.count
    else { return nil }
    return (0..<count).map { index in
      var rest = index
      let place = output.reversed().map { side in
        defer { rest /= side }
        return rest % side
      }
      return contents[zip(sides, source(place.reversed())).reduce(0) { $0 * $1.0 + $1.1 }]
    }
  }

  private static func gather(_ question: ShapeQuestion) -> ValueFacts {
    var facts = ValueFacts(type: question.input(0).type)
    guard let shape = question.input(0).shape, let indices = question.input(1).shape,
      let axis = Axes.place(question.node.int("axis") ?? 0, in: shape.count)
    else { return facts }
    facts.shape = shape[..<axis] + indices + shape[(axis + 1)...]
    if let axes = question.input(0).arrangement?.axes {
      let taken = taken(question, axis: axis) ?? indices.map(Arrangement.other)
      facts.arrangement = Arrangement(axes[..<axis] + taken + axes[(axis + 1)...])
    }
    if let contents = question.input(0).integers, shape.count == 1,
      let chosen = question.input(1).integers?.map(\.value)
    {
      let picked = chosen.map { index -> Dimension in
        guard let index, let position = Axes.place(index, in: contents.count) else {
          return .unknown
        }
        return contents[position]
      }
      facts.integers = picked
    }
    return facts
  }

  private static func centred(_ question: ShapeQuestion) -> ValueFacts {
    var facts = sameAsFirst(question)
    guard var shape = facts.shape else { return facts }
    let axes = question.node.ints("axes") ?? Array(shape.indices)
    let places = axes.compactMap { Axes.place($0, in: shape.count) }
    let wanted = question.input(1).integers
    for (position, axis) in places.enumerated() {
      shape[axis] =
        wanted.flatMap { $0.indices.contains(position) ? $0[position] : nil } ?? .unknown
    }
    for axis in places {
      facts.arrangement = facts.arrangement?.replacing(axis, with: Arrangement.other(shape[axis]))
    }
    facts.shape = shape
    return facts
  }

  /// The axes that evenly spaced indices make of a whole direction: a coarser one, and with a row
  /// of indices for each position of a window, the positions within.
  private static func taken(_ question: ShapeQuestion, axis: Int) -> [[Arrangement.Part]]? {
    guard let direction = question.input(0).arrangement?.axes[axis].direction,
      let sides = question.input(1).shape?.fixedSides, (1...2).contains(sides.count),
      let contents = question.input(1).integers, let last = sides.last, last > 0,
      sides.map(Dimension.fixed).product.value == contents.count
    else { return nil }
    let indices = contents.compactMap(\.value)
    guard indices.count == contents.count, let first = indices.first else { return nil }
    let step = last > 1 ? indices[1] &- first : 1
    let rowStep = indices.count > last ? indices[last] &- first : 0
    let isEven = indices.indices.allSatisfy { place in
      indices[place] &- first == place / last &* rowStep &+ place % last &* step
    }
    guard step > 0, rowStep >= 0, isEven else { return nil }
    // Windows lie further apart than the positions within one; or there are more of them.
    let isWindowFirst = (rowStep, sides[0]) > (step, last) && sides.count == 2
    return sides.indices.map { place in
      let isWindow = sides.count == 1 || (place == 0) == isWindowFirst
      let side = Dimension.fixed(sides[place])
      return isWindow ? Arrangement.place(direction, side) : Arrangement.other(side)
    }
  }

  private static func pad(_ question: ShapeQuestion) -> ValueFacts {
    var facts = sameAsFirst(question)
    guard let shape = facts.shape else { return facts }
    let named = question.node.ints("pads") ?? question.node.ints("paddings")
    guard let amounts = named.map({ $0.map(Dimension.fixed) }) ?? question.input(1).integers else {
      facts.shape = shape.map { _ in .unknown }
      facts.arrangement = nil
      return facts
    }
    let axes =
      question.node.input(at: 3) == nil
      ? shape.indices.map(Dimension.fixed) : question.input(3).integers ?? []
    guard amounts.count == 2 * axes.count else {
      facts.shape = shape.map { _ in .unknown }
      facts.arrangement = nil
      return facts
    }
    for (position, axis) in axes.enumerated() {
      guard let axis = axis.value.flatMap({ Axes.place($0, in: shape.count) }) else { continue }
      let (before, after) = (amounts[position], amounts[position + axes.count])
      let side = shape[axis] + before + after
      facts.shape?[axis] = side
      if let before = before.value, let after = after.value {
        facts.arrangement = facts.arrangement?.padded(
          axis, before: before, after: after, side: side)
      } else {
        facts.arrangement = facts.arrangement?.replacing(axis, with: Arrangement.other(side))
      }
    }
    return facts
  }
}
