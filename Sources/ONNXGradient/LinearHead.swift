import ONNXFormat
package import ONNXGraph

/// The linear layer that ends in the logits, y = α · A · Wᵀ + b with a stored weight.
///
/// A target is a few logits, so its cotangent at A is a few rows of W; the product with all of W
/// would read the whole weight once more, as long as a small network's other gradient takes.
package struct LinearHead {
  /// A: [N, features].  Every path to the logits passes it.
  package let input: Term

  private let weight: Term
  private let isTurned: Bool
  private let scale: Float

  /// Recognises the layer; nil where the logits come from anything else.
  package init?(endingIn logits: String, for builder: GraphBuilder) {
    let graph = builder.graph
    guard let node = graph.producer(of: logits), node.isStandard, node.opType == "Gemm",
      node.int("transA") != 1, let input = node.input(at: 0), let weight = node.input(at: 1),
      let stored = graph.initializers[weight], stored.shape.count == 2,
      stored.elementType.isFloatingPoint, stored.elementType.cotangentType == .float,
      node.input(at: 2).map({ graph.initializers[$0] != nil }) ?? true
    else { return nil }
    self.input = builder.term(input)
    self.weight = builder.term(weight)
    isTurned = node.int("transB") == 1
    scale = node.float("alpha") ?? 1
  }

  /// The rows of the weight that belong to classes: [T, J, features] for indices [T, J].
  package func rows(of classes: Term) -> Term {
    let axis = AttributeProto("axis", isTurned ? 0 : 1)
    let gathered = weight.builder.emit("Gather", [weight, classes], attributes: [axis])
    let rows = isTurned ? gathered : gathered.transposed([1, 2, 0])
    return rows.cast(to: .float) * scale
  }
}
