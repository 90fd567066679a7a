package import ONNXFormat
package import ONNXGraph

/// A gradient that is one product of a cotangent with a stored weight, seen through a reshape:
/// what a layer in front of a linear head gets.
package struct LinearPullback {
  /// The cotangent [T, M] of the product's result.
  package let cotangent: Term
  /// The weight: [M, n], or [n, M] where it is turned.
  package let weight: TensorProto
  package let isTurned: Bool
  /// What the product is multiplied with.
  package let scale: Float

  /// Recognises such a gradient among the nodes written; nil for any other.
  package init?(of gradient: Term) {
    let builder = gradient.builder
    guard let view = builder.writtenNode(making: gradient), view.opType == "Reshape",
      let inner = view.input(at: 0),
      let product = builder.writtenNode(making: builder.term(inner, type: gradient.type)),
      product.opType == "Gemm", product.int("transA") != 1, let left = product.input(at: 0),
      let right = product.input(at: 1), let weight = builder.graph.initializers[right],
      weight.elementType == .float, weight.shape.count == 2, gradient.type == .float
    else { return nil }
    cotangent = builder.term(left, type: gradient.type)
    self.weight = weight
    isTurned = product.int("transB") == 1
    scale = product.float("alpha") ?? 1
  }
}
