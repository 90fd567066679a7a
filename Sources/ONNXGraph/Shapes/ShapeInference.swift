import ONNXFormat

/// Infers type, shape and small integer contents of every value, node by node.
///
/// Operators are rows of a table (`ShapeRules+….swift`); one without a row leaves its outputs
/// to what the file declares, or unknown.  Nothing here fails: a contradiction is the
/// runtime's to report.
package enum ShapeInference {
  /// Infers the facts of all values of a graph, at one batch size if asked.
  static func facts(
    nodes: [NodeProto], inputs: [ValueInfoProto], initializers: [String: TensorProto],
    declared: [ValueInfoProto], opset: Int, inputShapes: [String: [Int]],
    channelsLast: Set<String>? = nil, batch: Int? = nil
  ) -> [String: ValueFacts] {
    var facts = initializers.mapValues { ValueFacts(constant: $0).bounded }
    var batchName: String?
    for (index, input) in inputs.enumerated() {
      var fact = ValueFacts(input: input, sides: inputShapes[input.name]).bounded
      if let channelsLast, inputShapes[input.name] != nil, let shape = fact.shape {
        fact.arrangement =
          channelsLast.contains(input.name) ? .channelsLast(shape) : .channelsFirst(shape)
      }
      if let batch { fact.shape = fact.shape?.map { $0 == .batch(1) ? .fixed(batch) : $0 } }
      facts[input.name] = fact
      if index == 0 { batchName = input.type.tensorType.shape.dim.first?.dimParam }
    }
    let fallback = Dictionary(
      declared.map { ($0.name, ValueFacts(declared: $0, batchName: batchName).bounded) },
      uniquingKeysWith: { first, _ in first })
    var budget = ValueFacts.contentBudget
    for node in nodes {
      let question = ShapeQuestion(
        node: node, inputs: node.input.map { facts[$0] ?? ValueFacts() }, opset: opset)
      var answers = table[node.qualifiedName]?(question) ?? []
      Folding.fold(question, &answers)
      for (position, name) in node.output.enumerated() where !name.isEmpty {
        var answer = answers.indices.contains(position) ? answers[position].bounded : ValueFacts()
        budget -= (answer.integers?.count ?? 0) + (answer.floats?.count ?? 0)
        if budget < 0 { (answer.integers, answer.floats) = (nil, nil) }
        facts[name] = fallback[name].map(answer.filled) ?? answer
      }
    }
    return facts
  }

  /// Every operator's row, by its qualified name.
  package static let table: [String: ShapeRule] = ShapeRules.elementwise
    .merging(ShapeRules.windows) { first, _ in first }
    .merging(ShapeRules.sequences) { first, _ in first }
    .merging(ShapeRules.scatterings) { first, _ in first }
    .merging(ShapeRules.products) { first, _ in first }
    .merging(ShapeRules.views) { first, _ in first }
    .merging(ShapeRules.selections) { first, _ in first }
    .merging(ShapeRules.constants) { first, _ in first }
    .merging(ShapeRules.reductions) { first, _ in first }
    .merging(ShapeRules.controlFlow) { first, _ in first }
}

/// A row: facts of a node's inputs → facts of its outputs.
package typealias ShapeRule = @Sendable (ShapeQuestion) -> [ValueFacts]

/// The rows, grouped as in the files beside this one.
enum ShapeRules {}

/// What a row is asked: the node, what is known of its inputs, and the operator set.
package struct ShapeQuestion {
  let node: NodeProto
  let inputs: [ValueFacts]
  let opset: Int

  /// Facts of the input at a position; nothing known where it is left out.
  func input(_ index: Int) -> ValueFacts {
    inputs.indices.contains(index) ? inputs[index] : ValueFacts()
  }

  /// Numbers that are an attribute in old operator sets and an input in newer ones.
  func numbers(_ attribute: String, orInput index: Int) -> [Int]? {
    if let values = node.ints(attribute) { return values }
    guard let values = input(index).integers?.map(\.value) else { return nil }
    let known = values.compactMap { $0 }
    return known.count == values.count ? known : nil
  }
}

// MARK: - Facts from what the file states

extension ValueFacts {
  /// Facts of a stored tensor.
  init(constant tensor: TensorProto) {
    let count = tensor.elementCount ?? .max
    self.init(
      type: tensor.elementType, shape: tensor.shape.map(Dimension.fixed),
      integers: count <= Self.contentLimit ? tensor.inlineIntegers?.map(Dimension.fixed) : nil,
      floats: count <= Self.contentLimit ? tensor.inlineFloats : nil)
  }

  /// Facts of a graph input: an open first side is the batch, other open sides are as given.
  init(input: ValueInfoProto, sides: [Int]?) {
    let tensor = input.type.tensorType
    self.init(type: ElementType(rawValue: tensor.elemType))
    guard tensor.hasShape else {
      shape = sides?.enumerated().map { $0 == 0 && $1 < 0 ? .batch(1) : .fixed($1) }
      arrangement = shape.flatMap(Self.imageArrangement)
      return
    }
    shape = tensor.shape.dim.enumerated().map { axis, side in
      if side.dimValue > 0 { return .fixed(Int(side.dimValue)) }
      if axis == 0 { return .batch(1) }
      if let sides, sides.indices.contains(axis), sides[axis] > 0 { return .fixed(sides[axis]) }
      return .unknown
    }
    arrangement = shape.flatMap(Self.imageArrangement)
  }

  /// Facts the file declares for an intermediate value.
  init(declared value: ValueInfoProto, batchName: String?) {
    let tensor = value.type.tensorType
    self.init(type: tensor.hasElemType ? ElementType(rawValue: tensor.elemType) : nil)
    guard tensor.hasShape else { return }
    shape = tensor.shape.dim.map { side in
      if side.dimValue > 0 { return .fixed(Int(side.dimValue)) }
      return !side.dimParam.isEmpty && side.dimParam == batchName ? .batch(1) : .unknown
    }
  }

  /// The arrangement of an image or volume: channels stand where the side is small.
  static func imageArrangement(_ shape: Shape) -> Arrangement? {
    guard shape.count == 4 || shape.count == 5 else { return nil }
    let isFew = { (side: Dimension) in side.value.map { $0 <= 4 } ?? false }
    return isFew(shape[shape.count - 1]) && !isFew(shape[1])
      ? .channelsLast(shape) : .channelsFirst(shape)
  }
}
