import ONNXFormat

extension ShapeRules {
  /// Operators that fold axes away.
  static let reductions: [String: ShapeRule] = {
    var rows: [String: ShapeRule] = [:]
    for name in [
      "ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2",
      "ReduceLogSum", "ReduceLogSumExp", "ReduceSumSquare",
    ] {
      rows[name] = { [reduction($0)] }
    }
    rows["ArgMax"] = { [position($0)] }
    rows["ArgMin"] = { [position($0)] }
    return rows
  }()

  private static func reduction(_ question: ShapeQuestion) -> ValueFacts {
    var facts = ValueFacts(type: question.input(0).type)
    guard let shape = question.input(0).shape,
      let axes = Axes.reduced(
        question.node, rank: shape.count, integers: question.input(1).integers)
    else { return facts }
    let keeps = question.node.int("keepdims") ?? 1
    facts.shape = shape.indices.compactMap { axis in
      axes.contains(axis) ? (keeps == 1 ? .fixed(1) : nil) : shape[axis]
    }
    if let arrangement = question.input(0).arrangement {
      facts.arrangement =
        keeps == 1
        ? axes.reduce(arrangement) { $0.replacing($1, with: []) }
        : arrangement.removing(Set(axes))
    }
    if question.node.opType == "ReduceProd", let contents = question.input(0).integers,
      shape.count == 1
    {
      facts.integers = [contents.product]
    }
    return facts
  }

  private static func position(_ question: ShapeQuestion) -> ValueFacts {
    var facts = ValueFacts(type: .int64)
    guard var shape = question.input(0).shape,
      let axis = Axes.place(question.node.int("axis") ?? 0, in: shape.count)
    else { return facts }
    if question.node.int("keepdims") ?? 1 == 1 {
      shape[axis] = .fixed(1)
    } else {
      shape.remove(at: axis)
    }
    facts.shape = shape
    return facts
  }
}
