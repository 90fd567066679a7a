import ONNXFormat

extension ShapeRules {
  /// Operators that make constants or say what a shape is.
  static let constants: [String: ShapeRule] = [
    "Constant": { [constant($0.node)] },
    "Shape": { [shapeOf($0)] },
    "Size": { question in
      let count = question.input(0).shape?.product
      return [ValueFacts(type: .int64, shape: [], integers: count.map { [$0] })]
    },
    "ConstantOfShape": { [filled($0)] },
    "Range": { [range($0)] },
  ]

  private static func constant(_ node: NodeProto) -> ValueFacts {
    if let tensor = node.attribute("value") { return ValueFacts(constant: tensor.t) }
    if let value = node.int("value_int") {
      return ValueFacts(type: .int64, shape: [], integers: [.fixed(value)])
    }
    if let values = node.ints("value_ints") {
      return ValueFacts(
        type: .int64, shape: [.fixed(values.count)], integers: values.map(Dimension.fixed))
    }
    if let value = node.float("value_float") {
      return ValueFacts(type: .float, shape: [], floats: [value])
    }
    if let values = node.floats("value_floats") {
      return ValueFacts(type: .float, shape: [.fixed(values.count)], floats: values)
    }
    return ValueFacts()
  }

  private static func shapeOf(_ question: ShapeQuestion) -> ValueFacts {
    guard let shape = question.input(0).shape else { return ValueFacts(type: .int64) }
    let bound = { (index: Int) in
      min(max(index < 0 ? index + shape.count : index, 0), shape.count)
    }
    let start = bound(question.node.int("start") ?? 0)
    let end = bound(question.node.int("end") ?? shape.count)
    let sides = start < end ? Array(shape[start..<end]) : []
    return ValueFacts(type: .int64, shape: [.fixed(sides.count)], integers: sides)
  }

  private static func filled(_ question: ShapeQuestion) -> ValueFacts {
    let value = question.node.attribute("value")?.t
    var facts = ValueFacts(type: value?.elementType ?? .float, shape: question.input(0).integers)
    if let count = facts.shape?.product.value, (0...ValueFacts.contentLimit).contains(count),
      let element = value?.inlineIntegers?.first
    {
      facts.integers = Array(repeating: .fixed(element), count: count)
    }
    return facts
  }

  private static func range(_ question: ShapeQuestion) -> ValueFacts {
    var facts = ValueFacts(type: question.input(0).type, shape: [.unknown])
    let reals = (0..<3).compactMap { question.input($0).floats?.first }
    if reals.count == 3, reals.allSatisfy(\.isFinite), reals[2] != 0 {
      let count = ((reals[1] - reals[0]) / reals[2]).rounded(.up)
      guard count <= Float(ValueFacts.contentLimit) else { return facts }
      facts.floats = (0..<(count > 0 ? Int(count) : 0)).map { reals[0] + Float($0) * reals[2] }
      facts.shape = [.fixed(facts.floats?.count ?? 0)]
      return facts
    }
    let bounds = (0..<3).map { question.input($0).integers?.first?.value }
    guard let start = bounds[0], let limit = bounds[1], let step = bounds[2], step != 0 else {
      return facts
    }
    var values: [Int] = []
    var (next, overflow) = (start, false)
    while !overflow, step > 0 ? next < limit : next > limit {
      guard values.count < ValueFacts.contentLimit else { return facts }
      values.append(next)
      (next, overflow) = next.addingReportingOverflow(step)
    }
    facts.shape = [.fixed(values.count)]
    facts.integers = values.map(Dimension.fixed)
    return facts
  }
}
