import ONNXFormat
import ONNXGraph

extension Rules {
  /// Normalisations, as they compute in inference.
  static let normalizations: [GradientRule] = [
    GradientRule("BatchNormalization", "dy · scale / √(var + ε)") { c throws(RuleRefusal) in
      let rank = try c.rank()
      let channels = Array(repeating: 1, count: max(0, rank - 2))
      let deviation = (try c.x(4) + (c.node.float("epsilon") ?? 1e-5)).squareRoot
      let factor = try c.x(1) / deviation
      return [0: try c.dy * factor.reshaped([1, -1] + channels)]
    },
    GradientRule("InstanceNormalization", "centred over space, see LayerNormalization") {
      c throws(RuleRefusal) in
      let rank = try c.rank()
      let scale = try c.x(1).reshaped([1, -1] + Array(repeating: 1, count: max(0, rank - 2)))
      return [
        0: normalized(
          try c.x(), try c.dy * scale, axes: Array(2..<rank),
          epsilon: c.node.float("epsilon") ?? 1e-5, isCentred: true)
      ]
    },
    GradientRule("LayerNormalization", "(g − mean g − x̂ · mean(g x̂)) / σ, g = dy · scale") {
      c throws(RuleRefusal) in [0: try layer(c, isCentred: true)]
    },
    GradientRule("RMSNormalization", "(g − x̂ · mean(g x̂)) / rms, g = dy · scale") {
      c throws(RuleRefusal) in [0: try layer(c, isCentred: false)]
    },
    GradientRule("LpNormalization", "(dy − y · Σ dy y) / ‖x‖ for p = 2") {
      c throws(RuleRefusal) in
      guard (c.node.int("p") ?? 2) == 2 else { throw RuleRefusal("p is not 2") }
      let axis = try c.axis(-1, rank: c.rank())
      let x = try c.x()
      let y = try c.y()
      let length = (x * x).sum([axis]).squareRoot
      return [0: try (c.dy - y * (c.dy * y).sum([axis])) / length]
    },
  ]

  private static func layer(_ c: PullbackContext, isCentred: Bool) throws(RuleRefusal) -> Term {
    let rank = try c.rank()
    let axis = try c.axis(-1, rank: rank)
    return normalized(
      try c.x(), try c.dy * c.x(1), axes: Array(axis..<rank),
      epsilon: c.node.float("epsilon") ?? 1e-5, isCentred: isCentred)
  }

  /// x̂ = (x − μ) / σ with μ and σ² over the axes, hence
  /// dx = (g − mean g − x̂ · mean(g · x̂)) / σ; uncentred, μ and mean g fall away.
  private static func normalized(
    _ x: Term, _ g: Term, axes: [Int], epsilon: Float, isCentred: Bool
  ) -> Term {
    let centred = isCentred ? x - x.mean(axes) : x
    let deviation = ((centred * centred).mean(axes) + epsilon).squareRoot
    let unit = centred / deviation
    let straight = isCentred ? g - g.mean(axes) : g
    return (straight - unit * (g * unit).mean(axes)) / deviation
  }
}
