import ONNXFormat
import ONNXGraph

extension Rules {
  /// Operators that ONNX Runtime writes into a model that it stored optimised.
  static let microsoft: [GradientRule] = [
    GradientRule("com.microsoft.Gelu", "as Gelu") { c throws(RuleRefusal) in
      [0: try c.dy * geluSlope(c.x(), approximation: "none")]
    },
    GradientRule("com.microsoft.FastGelu", "as Gelu's tanh form at x + bias", broadcasts: true) {
      c throws(RuleRefusal) in try biased(c, approximation: "tanh")
    },
    GradientRule("com.microsoft.BiasGelu", "as Gelu at x + bias", broadcasts: true) {
      c throws(RuleRefusal) in try biased(c, approximation: "none")
    },
    GradientRule("com.microsoft.QuickGelu", "as Swish with α = 1.702") { c throws(RuleRefusal) in
      [0: try c.dy * swishSlope(c.x(), alpha: c.node.float("alpha") ?? 1.702)]
    },
    GradientRule("com.microsoft.FusedMatMul", "as MatMul of the matrices turned, times α") {
      c throws(RuleRefusal) in
      guard c.node.int("transBatchA") != 1, c.node.int("transBatchB") != 1 else {
        throw RuleRefusal("it turns batches")
      }
      return try matrixProduct(
        c, turnsA: c.node.int("transA") == 1, turnsB: c.node.int("transB") == 1,
        scale: c.node.float("alpha") ?? 1)
    },
    GradientRule("com.microsoft.FusedConv", "as Conv, behind its activation") {
      c throws(RuleRefusal) in
      let inner = try behindActivation(c)
      var dx: [Int: Term] = [:]
      if c.wants(0) || c.wants(1) || c.wants(2) { dx = try convolution(inner) }
      if c.wants(3) { dx[3] = try inner.dy }
      return dx
    },
    GradientRule("com.microsoft.FusedGemm", "as Gemm, behind its activation", broadcasts: true) {
      c throws(RuleRefusal) in try general(behindActivation(c))
    },
    GradientRule(
      "com.microsoft.SkipLayerNormalization", "as LayerNormalization of the sum, to both",
      broadcasts: true
    ) { c throws(RuleRefusal) in try skipped(c, bias: 4, isCentred: true) },
    GradientRule(
      "com.microsoft.SkipSimplifiedLayerNormalization", "as RMSNormalization of the sum, to both",
      broadcasts: true
    ) { c throws(RuleRefusal) in try skipped(c, bias: 3, isCentred: false) },
  ]

  private static func biased(
    _ c: PullbackContext, approximation: String
  ) throws(RuleRefusal) -> [Int: Term] {
    let x = try c.x()
    let sum = c.optional(1).map { x + $0 } ?? x
    let dx = try c.dy * geluSlope(sum, approximation: approximation)
    return [0: dx, 1: dx]
  }

  /// The node as it is without its activation: the cotangent before it is read off y.
  private static func behindActivation(_ c: PullbackContext) throws(RuleRefusal) -> PullbackContext
  {
    let y = try c.y()
    let parameters =
      c.node.floats("activation_params")
      ?? ["activation_alpha", "activation_beta"].compactMap(c.node.float)
    let parameter = { (index: Int, fallback: Float) in
      parameters.indices.contains(index) ? parameters[index] : fallback
    }
    var dy = try c.dy
    switch c.node.string("activation") ?? "" {
    case "": break
    case "Relu": dy = dy * y.mask(greaterThan: 0)
    case "LeakyRelu":
      let slope = parameter(0, 0.01)
      guard slope > 0 else { throw RuleRefusal("its activation cannot be turned round") }
      dy = dy * (y.mask(greaterThan: 0) * (1 - slope) + slope)
    case "Sigmoid": dy = dy * (y * (1 - y))
    case "Tanh": dy = dy * (1 - y * y)
    case "Clip":
      let (low, high) = (
        parameter(0, -.greatestFiniteMagnitude), parameter(1, .greatestFiniteMagnitude)
      )
      dy = dy * (y.mask(greaterThan: low) * y.mask(lessThan: high))
    case "HardSigmoid":
      dy = dy * (y.mask(greaterThan: 0) * y.mask(lessThan: 1) * parameter(0, 0.2))
    case let other: throw RuleRefusal("its activation is '\(other)'")
    }
    return PullbackContext(
      node: c.node, cotangents: [dy], wanted: c.wanted.subtracting([3]), builder: c.builder)
  }

  /// y = normalised(s) with s = x + skip + bias, which is an output too and may be used on.
  private static func skipped(
    _ c: PullbackContext, bias: Int, isCentred: Bool
  ) throws(RuleRefusal) -> [Int: Term] {
    guard c.cotangents.indices.allSatisfy({ $0 == 0 || $0 == 3 || c.cotangents[$0] == nil }) else {
      throw RuleRefusal("a statistic that it gives is used")
    }
    let rank = try c.rank()
    var sum = try c.x(0) + c.x(1)
    if let name = c.node.output(at: 3) {
      sum = c.builder.read(name)
    } else if let bias = c.optional(bias) {
      sum = sum + bias
    }
    var total: Term?
    if let dy = c.cotangents.first, let dy {
      let unit = Normalized(
        sum, axes: [rank - 1], epsilon: c.node.float("epsilon") ?? 1e-12, isCentred: isCentred)
      total = unit.pulledBack(dy * (try c.x(2)))
    }
    if c.cotangents.count > 3, let more = c.cotangents[3] {
      total = total.map { $0 + more } ?? more
    }
    guard let total else { return [:] }
    return [0: total, 1: total, bias: total]
  }
}
