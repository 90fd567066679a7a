import ONNXFormat

extension ShapeRules {
  /// Operators that move or regroup elements without choosing among them.
  static let views: [String: ShapeRule] = [
    "Reshape": { [reshape($0)] },
    "Flatten": { [flatten($0)] },
    "Squeeze": { [squeeze($0)] },
    "Unsqueeze": { [unsqueeze($0)] },
    "Transpose": { [transpose($0)] },
    "Expand": { [expand($0)] },
    "Tile": { [tile($0)] },
  ]

  private static func reshape(_ question: ShapeQuestion) -> ValueFacts {
    var facts = ValueFacts(type: question.input(0).type, integers: question.input(0).integers)
    let wanted =
      question.input(1).integers
      ?? question.node.ints("shape").map { $0.map(Dimension.fixed) }
    guard var shape = wanted else {
      if let count = question.input(1).shape?.first?.value, count >= 0, count < 64 {
        facts.shape = Array(repeating: .unknown, count: count)
      }
      return facts
    }
    let input = question.input(0).shape
    if question.node.int("allowzero") != 1 {
      for (axis, side) in shape.enumerated() where side == .fixed(0) {
        shape[axis] = input.flatMap { $0.indices.contains(axis) ? $0[axis] : nil } ?? .unknown
      }
    }
    if let open = shape.firstIndex(of: .fixed(-1)) {
      shape[open] = .fixed(1)
      shape[open] = (input?.product ?? .unknown) / shape.product
    } else if let total = input?.product, let open = shape.firstIndex(of: .unknown),
      shape.filter({ $0 == .unknown }).count == 1
    {
      shape[open] = .fixed(1)
      shape[open] = total / shape.product
    }
    facts.shape = shape
    facts.arrangement = question.input(0).arrangement.map { arrangement in
      arrangement.reshaped(to: shape) ?? .unknown(shape)
    }
    return facts
  }

  private static func flatten(_ question: ShapeQuestion) -> ValueFacts {
    var facts = ValueFacts(type: question.input(0).type)
    guard let shape = question.input(0).shape else {
      facts.shape = [.unknown, .unknown]
      return facts
    }
    let axis = question.node.int("axis") ?? 1
    let split = axis < 0 ? axis + shape.count : axis
    guard (0...shape.count).contains(split) else { return facts }
    facts.shape = [Array(shape[..<split]).product, Array(shape[split...]).product]
    facts.arrangement = question.input(0).arrangement.map { arrangement in
      Arrangement([
        Array(arrangement.axes[..<split].joined()), Array(arrangement.axes[split...].joined()),
      ])
    }
    return facts
  }

  private static func squeeze(_ question: ShapeQuestion) -> ValueFacts {
    var facts = ValueFacts(type: question.input(0).type, integers: question.input(0).integers)
    guard let shape = question.input(0).shape else { return facts }
    if let axes = question.numbers("axes", orInput: 1) {
      let gone = Set(axes.map { $0 < 0 ? $0 + shape.count : $0 })
      facts.shape = shape.indices.filter { !gone.contains($0) }.map { shape[$0] }
      facts.arrangement = question.input(0).arrangement?.removing(gone)
    } else if question.inputs.count < 2 {
      facts.shape = shape.filter { $0 != .fixed(1) }
      facts.arrangement = question.input(0).arrangement?.removing(
        Set(shape.indices.filter { shape[$0] == .fixed(1) }))
    }
    return facts
  }

  private static func unsqueeze(_ question: ShapeQuestion) -> ValueFacts {
    var facts = ValueFacts(type: question.input(0).type, integers: question.input(0).integers)
    guard let shape = question.input(0).shape, let axes = question.numbers("axes", orInput: 1)
    else { return facts }
    let rank = shape.count + axes.count
    let added = Set(axes.map { $0 < 0 ? $0 + rank : $0 })
    var rest = shape[...]
    facts.shape = (0..<rank).map { added.contains($0) ? .fixed(1) : rest.popFirst() ?? .unknown }
    facts.arrangement = question.input(0).arrangement?.unsqueezed(added)
    return facts
  }

  private static func transpose(_ question: ShapeQuestion) -> ValueFacts {
    var facts = ValueFacts(type: question.input(0).type)
    guard let shape = question.input(0).shape else { return facts }
    let order = question.node.ints("perm") ?? shape.indices.reversed()
    guard order.count == shape.count, order.allSatisfy(shape.indices.contains) else {
      return facts
    }
    facts.shape = order.map { shape[$0] }
    if let contents = question.input(0).integers, Set(order).count == order.count,
      let output = facts.shape?.fixedSides
    {
      facts.integers = picked(contents, of: shape, as: output) { place in
        shape.indices.map { axis in place[order.firstIndex(of: axis) ?? 0] }
      }
    }
    if let arrangement = question.input(0).arrangement {
      facts.arrangement = arrangement.transposed(order)
    } else if order == [0, 2, 3, 1], let shape = facts.shape {
      // Where nothing is known of the input, an order that only layouts have tells.
      facts.arrangement = .channelsLast(shape)
    } else if order == [0, 3, 1, 2], let shape = facts.shape {
      facts.arrangement = .channelsFirst(shape)
    }
    return facts
  }

  private static func expand(_ question: ShapeQuestion) -> ValueFacts {
    var facts = ValueFacts(type: question.input(0).type)
    if let wanted = question.input(1).integers, let shape = question.input(0).shape {
      facts.shape = broadcastShape([shape, wanted])
      facts.arrangement = .broadcast([question.input(0)], to: facts.shape)
      if let contents = question.input(0).integers, contents.count == 1,
        let count = facts.shape?.product.value, count >= 0,
        count <= ValueFacts.contentLimit
      {
        facts.integers = Array(repeating: contents[0], count: count)
      }
    }
    return facts
  }

  private static func tile(_ question: ShapeQuestion) -> ValueFacts {
    var facts = ValueFacts(type: question.input(0).type)
    if let shape = question.input(0).shape, let repeats = question.input(1).integers,
      repeats.count == shape.count
    {
      let sides = zip(shape, repeats).map(*)
      facts.shape = sides
      facts.arrangement = question.input(0).arrangement.map { arrangement in
        sides.indices.filter { repeats[$0] != .fixed(1) }.reduce(arrangement) {
          $0.replacing($1, with: Arrangement.other(sides[$1]))
        }
      }
    }
    return facts
  }
}
