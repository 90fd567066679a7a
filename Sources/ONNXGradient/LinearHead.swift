import ONNXFormat
package import ONNXGraph

/// The linear layer that ends in the logits, y = α · A · Wᵀ + b with a stored weight: a Gemm, a
/// MatMul with or without an Add behind it, or a point convolution of one place.
///
/// A target is a few logits, so its cotangent at A is a few rows of W; the product with all of W
/// would read the whole weight once more, as long as a small network's other gradient takes.
package struct LinearHead {
  /// A: [N, features], with places of side 1 behind them for a convolution.  Every path to the
  /// logits passes it.
  package let input: Term

  private let weight: Term
  /// The weight's own shape, [classes, features, …] or the other way round.
  private let shape: [Int]
  private let hasClassesFirst: Bool
  private let scale: Float

  /// Recognises the layer; nil where the logits come from anything else.
  package init?(endingIn logits: String, for builder: GraphBuilder) {
    let graph = builder.graph
    let value = HeadEnd(logits, in: graph)?.value ?? logits
    guard let node = Self.product(making: value, in: graph), let input = node.input(at: 0),
      let weight = node.input(at: 1), let stored = graph.initializers[weight],
      stored.elementType.isFloatingPoint, stored.elementType.cotangentType == .float,
      let given = graph.shape(of: input)
    else { return nil }
    switch node.opType {
    case "Gemm":
      guard stored.shape.count == 2, node.int("transA") != 1, Self.hasStoredBias(node, in: graph)
      else { return nil }
      hasClassesFirst = node.int("transB") == 1
    case "MatMul":
      guard stored.shape.count == 2, given.count == 2 else { return nil }
      hasClassesFirst = false
    default:
      guard node.opType == "Conv", node.int("group") ?? 1 == 1, stored.shape.count == given.count,
        given.count > 2, stored.shape.dropFirst(2).allSatisfy({ $0 == 1 }),
        given.dropFirst(2).allSatisfy({ $0 == .fixed(1) }),
        graph.shape(of: value)?.dropFirst(2).allSatisfy({ $0 == .fixed(1) }) == true,
        Self.hasStoredBias(node, in: graph)
      else { return nil }
      hasClassesFirst = true
    }
    self.input = builder.term(input)
    self.weight = builder.term(weight)
    shape = stored.shape
    scale = node.opType == "Gemm" ? node.float("alpha") ?? 1 : 1
  }

  /// The rows of the weight that belong to classes: [T, J, features] for indices [T, J].
  package func rows(of classes: Term) -> Term {
    let flat = shape.count == 2 ? weight : weight.reshaped(Array(shape[..<2]))
    let axis = AttributeProto("axis", hasClassesFirst ? 0 : 1)
    let gathered = weight.builder.emit("Gather", [flat, classes], attributes: [axis])
    let rows = hasClassesFirst ? gathered : gathered.transposed([1, 2, 0])
    return rows.cast(to: .float) * scale
  }
}

// MARK: - What is recognised

extension LinearHead {
  /// The product that a value is, or is but for a stored number added to each class.
  private static func product(making value: String, in graph: Graph) -> NodeProto? {
    guard let node = graph.producer(of: value), node.isStandard else { return nil }
    guard node.opType == "Add", node.input.count == 2 else { return node }
    guard let bias = node.input.firstIndex(where: { graph.initializers[$0] != nil }),
      let product = graph.producer(of: node.input[1 - bias]), product.isStandard,
      product.opType == "MatMul",
      graph.shape(of: node.input[1 - bias]) == graph.shape(of: value)
    else { return nil }
    return product
  }

  private static func hasStoredBias(_ node: NodeProto, in graph: Graph) -> Bool {
    node.input(at: 2).map { graph.initializers[$0] != nil } ?? true
  }
}
