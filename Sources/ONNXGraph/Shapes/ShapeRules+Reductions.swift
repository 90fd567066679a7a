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
    var facts = ValueFacts(type: question.input(0).type, layout: question.input(0).layout)
    guard let shape = question.input(0).shape,
      let axes = Axes.reduced(
        question.node, rank: shape.count, integers: question.input(1).integers)
    else { return facts }
    let keeps = question.node.int("keepdims") ?? 1
    facts.shape = shape.indices.compactMap { axis in
      axes.contains(axis) ? (keeps == 1 ? .fixed(1) : nil) : shape[axis]
    }
    if facts.shape?.count != 4 { facts.layout = nil }
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
