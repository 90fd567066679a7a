import ONNXFormat

extension ShapeRules {
  /// Matrix products.
  static let products: [String: ShapeRule] = [
    "MatMul": { [matrixProduct($0)] },
    "Gemm": { [general($0)] },
    "Einsum": { [summed($0)] },
  ]

  private static func matrixProduct(_ question: ShapeQuestion) -> ValueFacts {
    var facts = ValueFacts(type: question.input(0).type)
    guard var a = question.input(0).shape, var b = question.input(1).shape, !a.isEmpty, !b.isEmpty
    else { return facts }
    // A vector counts as one row or one column, which is dropped again.
    let (isRow, isColumn) = (a.count == 1, b.count == 1)
    if isRow { a.insert(.fixed(1), at: 0) }
    if isColumn { b.append(.fixed(1)) }
    guard var shape = broadcastShape([Array(a.dropLast(2)), Array(b.dropLast(2))]) else {
      return facts
    }
    if !isRow { shape.append(a[a.count - 2]) }
    if !isColumn { shape.append(b[b.count - 1]) }
    facts.shape = shape
    facts.layout = question.input(0).shape?.count == shape.count ? question.input(0).layout : nil
    return facts
  }

  private static func general(_ question: ShapeQuestion) -> ValueFacts {
    var facts = ValueFacts(type: question.input(0).type)
    guard let a = question.input(0).shape, let b = question.input(1).shape, a.count == 2,
      b.count == 2
    else { return facts }
    facts.shape = [
      question.node.int("transA") == 1 ? a[1] : a[0],
      question.node.int("transB") == 1 ? b[0] : b[1],
    ]
    return facts
  }

  private static func summed(_ question: ShapeQuestion) -> ValueFacts {
    var facts = ValueFacts(type: question.input(0).type)
    guard let equation = EinsumEquation(question.node.string("equation") ?? ""),
      equation.inputs.count == question.inputs.count
    else { return facts }
    var sides: [Character: Dimension] = [:]
    for (letters, input) in zip(equation.inputs, question.inputs) {
      guard let shape = input.shape, shape.count == letters.count else { continue }
      for (letter, side) in zip(letters, shape) where sides[letter] ?? .fixed(1) == .fixed(1) {
        sides[letter] = side
      }
    }
    facts.shape = equation.output.map { sides[$0] ?? .unknown }
    return facts
  }
}
