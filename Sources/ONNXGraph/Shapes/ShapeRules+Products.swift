import ONNXFormat

extension ShapeRules {
  /// Matrix products.
  static let products: [String: ShapeRule] = [
    "MatMul": { [matrixProduct($0)] },
    "com.microsoft.FusedMatMul": { [matrixProduct($0)] },
    "Gemm": { [general($0)] },
    "com.microsoft.FusedGemm": { [general($0)] },
    "Einsum": { [summed($0)] },
  ]

  private static func matrixProduct(_ question: ShapeQuestion) -> ValueFacts {
    var facts = ValueFacts(type: question.input(0).type)
    guard var a = question.input(0).shape, var b = question.input(1).shape, !a.isEmpty, !b.isEmpty
    else { return facts }
    if a.count > 1, question.node.int("transA") == 1 { a.swapAt(a.count - 1, a.count - 2) }
    if b.count > 1, question.node.int("transB") == 1 { b.swapAt(b.count - 1, b.count - 2) }
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
    facts.arrangement = productArrangement(question, isRow: isRow, isColumn: isColumn, shape)
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
    if question.node.int("transA") != 1 {
      facts.arrangement = rows(of: question.input(0)).map {
        Arrangement([$0, Arrangement.other(facts.shape?[1] ?? .unknown)])
      }
    }
    return facts
  }

  /// Leading axes as both factors tell them, rows as the left one does, columns as the right one.
  private static func productArrangement(
    _ question: ShapeQuestion, isRow: Bool, isColumn: Bool, _ shape: Shape
  ) -> Arrangement? {
    let (a, b) = (question.input(0), question.input(1))
    guard a.arrangement != nil || b.arrangement != nil else { return nil }
    let leading = [(a, isRow ? 1 : 2), (b, isColumn ? 1 : 2)].map { input, dropped in
      ValueFacts(
        shape: input.shape?.dropLast(dropped),
        arrangement: input.arrangement.map { Arrangement(Array($0.axes.dropLast(dropped))) })
    }
    let count = shape.count - (isRow ? 0 : 1) - (isColumn ? 0 : 1)
    var axes =
      Arrangement.broadcast(leading, to: Array(shape.prefix(count)))?.axes
      ?? shape.prefix(count).map(Arrangement.other)
    if !isRow { axes.append(rows(of: a) ?? Arrangement.other(shape[count])) }
    if !isColumn {
      axes.append(b.arrangement?.axes.last ?? Arrangement.other(shape[shape.count - 1]))
    }
    return Arrangement(axes)
  }

  /// The axis before the last.
  private static func rows(of input: ValueFacts) -> [Arrangement.Part]? {
    input.arrangement.flatMap { $0.axes.dropLast().last }
  }

  private static func summed(_ question: ShapeQuestion) -> ValueFacts {
    var facts = ValueFacts(type: question.input(0).type)
    let ranks = question.inputs.compactMap { $0.shape?.count }
    guard ranks.count == question.inputs.count,
      let equation = EinsumEquation(question.node.string("equation") ?? "", ranks: ranks)
    else { return facts }
    var sides: [Character: Dimension] = [:]
    for (letters, input) in zip(equation.inputs, question.inputs) {
      guard let shape = input.shape, shape.count == letters.count else { continue }
      for (letter, side) in zip(letters, shape) where sides[letter] ?? .fixed(1) == .fixed(1) {
        sides[letter] = side
      }
    }
    facts.shape = equation.output.map { sides[$0] ?? .unknown }
    guard question.inputs.contains(where: { $0.arrangement != nil }) else { return facts }
    facts.arrangement = Arrangement(
      equation.output.map { letter in
        let told = zip(equation.inputs, question.inputs).lazy.compactMap { letters, input in
          letters.firstIndex(of: letter).flatMap { place in
            input.arrangement.flatMap { $0.axes.indices.contains(place) ? $0.axes[place] : nil }
          }
        }
        return told.first(where: \.isTelling) ?? Arrangement.other(sides[letter] ?? .unknown)
      })
    return facts
  }
}
