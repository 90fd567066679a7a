import ONNXGraph

extension Rules {
  /// Activation functions.
  ///
  /// At a kink each takes the side that PyTorch takes.
  static let activations: [GradientRule] = [
    GradientRule("Relu", "dy · [y > 0]") { c throws(RuleRefusal) in
      [0: try c.dy * c.y().mask(greaterThan: 0)]
    },
    GradientRule("LeakyRelu", "dy · (x > 0 ? 1 : α)") { c throws(RuleRefusal) in
      let slope = c.node.float("alpha") ?? 0.01
      return [0: try c.dy * (c.x().mask(greaterThan: 0) * (1 - slope) + slope)]
    },
    GradientRule("PRelu", "dy · (x > 0 ? 1 : slope)", broadcasts: true) { c throws(RuleRefusal) in
      let positive = try c.x().mask(greaterThan: 0)
      var dx: [Int: Term] = [0: try c.dy * (positive + (1 - positive) * c.x(1))]
      if c.wants(1) { dx[1] = try c.dy * (1 - positive) * c.x() }
      return dx
    },
    GradientRule("Elu", "dy · (x > 0 ? 1 : y + α)") { c throws(RuleRefusal) in
      let positive = try c.x().mask(greaterThan: 0)
      let below = try c.y() + (c.node.float("alpha") ?? 1)
      return [0: try c.dy * (positive + (1 - positive) * below)]
    },
    GradientRule("Selu", "dy · (x > 0 ? γ : y + αγ)") { c throws(RuleRefusal) in
      let alpha = c.node.float("alpha") ?? 1.67326319217681884765625
      let gamma = c.node.float("gamma") ?? 1.05070102214813232421875
      let positive = try c.x().mask(greaterThan: 0)
      let below = try c.y() + alpha * gamma
      return [0: try c.dy * (positive * gamma + (1 - positive) * below)]
    },
    GradientRule("Celu", "dy · (x > 0 ? 1 : y / α + 1)") { c throws(RuleRefusal) in
      let positive = try c.x().mask(greaterThan: 0)
      let below = try c.y() / (c.node.float("alpha") ?? 1) + 1
      return [0: try c.dy * (positive + (1 - positive) * below)]
    },
    GradientRule("Sigmoid", "dy · y (1 − y)") { c throws(RuleRefusal) in
      [0: try c.dy * (c.y() * (1 - c.y()))]
    },
    GradientRule("HardSigmoid", "dy · α [0 < y < 1]") { c throws(RuleRefusal) in
      let inside = try c.y().mask(greaterThan: 0) * c.y().mask(lessThan: 1)
      return [0: try c.dy * (inside * (c.node.float("alpha") ?? 0.2))]
    },
    GradientRule("HardSwish", "dy · (x ≥ 3 ? 1 : x > −3 ? x / 3 + ½ : 0)") {
      c throws(RuleRefusal) in
      let x = try c.x()
      let inside = x.mask(greaterThan: -3) * x.mask(lessThan: 3)
      return [0: try c.dy * (x.mask(atLeast: 3) + inside * (x * Float(1.0 / 3) + 0.5))]
    },
    GradientRule("Swish", "dy · (s + α x s (1 − s)), s = σ(α x)") { c throws(RuleRefusal) in
      [0: try c.dy * swishSlope(c.x(), alpha: c.node.float("alpha") ?? 1)]
    },
    GradientRule("Mish", "dy · (t + x (1 − t²) σ(x)), t = tanh(softplus(x))") {
      c throws(RuleRefusal) in
      let x = try c.x()
      let t = x.apply("Softplus").apply("Tanh")
      return [0: try c.dy * (t + x * ((1 - t * t) * x.apply("Sigmoid")))]
    },
    GradientRule("Gelu", "dy · (Φ(x) + x φ(x)), or its tanh form") { c throws(RuleRefusal) in
      [0: try c.dy * geluSlope(c.x(), approximation: c.node.string("approximate") ?? "none")]
    },
    GradientRule("Tanh", "dy · (1 − y²)") { c throws(RuleRefusal) in
      [0: try c.dy * (1 - c.y() * c.y())]
    },
    GradientRule("Softplus", "dy · σ(x)") { c throws(RuleRefusal) in
      [0: try c.dy * c.x().apply("Sigmoid")]
    },
    GradientRule("Softsign", "dy / (1 + |x|)²") { c throws(RuleRefusal) in
      let below = try 1 + c.x().magnitude
      return [0: try c.dy / (below * below)]
    },
    GradientRule("ThresholdedRelu", "dy · [x > α]") { c throws(RuleRefusal) in
      [0: try c.dy * c.x().mask(greaterThan: c.node.float("alpha") ?? 1)]
    },
    GradientRule("Shrink", "dy · [|x| > λ]") { c throws(RuleRefusal) in
      [0: try c.dy * c.x().magnitude.mask(greaterThan: c.node.float("lambd") ?? 0.5)]
    },
    GradientRule("Clip", "dy · [min ≤ x ≤ max]; ReLU6 has open ends") { c throws(RuleRefusal) in
      try clipped(c)
    },
  ]

  /// s + α x s (1 − s) with s = σ(α x).
  static func swishSlope(_ x: Term, alpha: Float) -> Term {
    let scaled = x * alpha
    let s = scaled.apply("Sigmoid")
    return s + scaled * (s * (1 - s))
  }

  /// ½ (1 + erf(x / √2)) + x exp(−x² / 2) / √(2π); with u = √(2/π) (x + 0.044715 x³) the tanh
  /// form is ½ (1 + tanh u) + ½ x (1 − tanh² u) √(2/π) (1 + 3 · 0.044715 x²).
  static func geluSlope(_ x: Term, approximation: String) -> Term {
    let square = x * x
    guard approximation == "tanh" else {
      let cumulative = 0.5 * ((x * Float(0.5.squareRoot())).apply("Erf") + 1)
      return cumulative + x
        * ((square * -0.5).exponential * Float(1 / (2 * Double.pi).squareRoot()))
    }
    let scale = Float((2 / Double.pi).squareRoot())
    let t = (scale * (x * (1 + 0.044715 * square))).apply("Tanh")
    let slope = scale * (1 + 3 * 0.044715 * square)
    return 0.5 * (1 + t) + 0.5 * (x * ((1 - t * t) * slope))
  }

  /// PyTorch's clamp passes the cotangent at its bounds, its hardtanh, which ReLU6 is, does not.
  private static func clipped(_ c: PullbackContext) throws(RuleRefusal) -> [Int: Term] {
    let old = c.opset < 11
    if (old ? c.node.float("min") : c.float(1)) == 0,
      (old ? c.node.float("max") : c.float(2)) == 6
    {
      // Read off y, so that the runtime may still fuse the Clip with what makes x.
      let y = try c.y()
      return [0: try c.dy * (y.mask(greaterThan: 0) * y.mask(lessThan: 6))]
    }
    let x = try c.x()
    let low = old ? c.node.float("min").map(x.scalar) : c.optional(1)
    let high = old ? c.node.float("max").map(x.scalar) : c.optional(2)
    var dx: [Int: Term] = [:]
    let dy = try c.dy
    if c.wants(0) {
      dx[0] = dy
      if let low { dx[0] = dx[0].map { $0 * x.mask(atLeast: low) } }
      if let high { dx[0] = dx[0].map { $0 * x.mask(atMost: high) } }
    }
    // Bounds in the wrong order give the upper one everywhere.
    if let low, c.wants(1) {
      var share = dy * x.mask(lessThan: low)
      if let high { share = share * low.mask(lessThan: high) }
      dx[1] = try c.summed(share, of: c.shape(), to: 1)
    }
    if let high, c.wants(2) {
      var reached = x
      if let low { reached = c.builder.emit("Max", [x, low]) }
      dx[2] = try c.summed(dy * reached.mask(greaterThan: high), of: c.shape(), to: 2)
    }
    return dx
  }
}
