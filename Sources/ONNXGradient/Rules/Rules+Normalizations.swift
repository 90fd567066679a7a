import ONNXFormat
import ONNXGraph

extension Rules {
  /// Normalisations, as they compute in inference.
  static let normalizations: [GradientRule] = [
    GradientRule("BatchNormalization", "dy · scale / √(var + ε)") { c throws(RuleRefusal) in
      guard c.node.int("training_mode") != 1 else {
        throw RuleRefusal("it normalises by the batch, as in training")
      }
      let rank = try c.rank()
      let channels = Array(repeating: 1, count: max(0, rank - 2))
      let deviation = (try c.x(4) + (c.node.float("epsilon") ?? 1e-5)).squareRoot
      let factor = try c.x(1) / deviation
      return [0: try c.dy * factor.reshaped([1, -1] + channels)]
    },
    GradientRule("InstanceNormalization", "centred over space, see LayerNormalization") {
      c throws(RuleRefusal) in
      let rank = try c.spatialRank() + 2
      let scale = try c.x(1).reshaped([1, -1] + Array(repeating: 1, count: rank - 2))
      return [
        0: normalized(
          try c.x(), try c.dy * scale, axes: Array(2..<rank),
          epsilon: c.node.float("epsilon") ?? 1e-5, isCentred: true)
      ]
    },
    GradientRule("GroupNormalization", "as LayerNormalization over each group") {
      c throws(RuleRefusal) in [0: try grouped(c)]
    },
    GradientRule("MeanVarianceNormalization", "as LayerNormalization over its axes") {
      c throws(RuleRefusal) in
      let rank = try c.rank()
      var axes: [Int] = []
      for axis in c.node.ints("axes") ?? [0, 2, 3] {
        guard let axis = Axes.place(axis, in: rank) else { throw RuleRefusal("an axis is wrong") }
        // An axis of one position stays out, so that several targets may stand there.
        if try c.side(axis) != 1 { axes.append(axis) }
      }
      return [0: normalized(try c.x(), try c.dy, axes: axes, epsilon: 0, isCentred: true)]
    },
    GradientRule("LRN", "dy s^−β − (2 α β / n) x · Σ dy y / s over the window, y = x s^−β") {
      c throws(RuleRefusal) in [0: try local(c)]
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

  private static func grouped(_ c: PullbackContext) throws(RuleRefusal) -> Term {
    guard let groups = c.node.int("num_groups"), groups > 0, let name = c.node.input(at: 0) else {
      throw RuleRefusal("its number of groups is missing")
    }
    // Since operator set 21 there is a scale for each channel, before for each group.
    let perChannel = [1, -1] + Array(repeating: 1, count: try c.spatialRank())
    let split = [0, groups, -1]
    let dy = try c.dy
    let g =
      c.opset >= 21
      ? (dy * (try c.x(1)).reshaped(perChannel)).reshaped(split)
      : dy.reshaped(split) * (try c.x(1)).reshaped([1, groups, 1])
    return normalized(
      try c.x().reshaped(split), g, axes: [2], epsilon: c.node.float("epsilon") ?? 1e-5,
      isCentred: true
    ).reshaped(like: name)
  }

  /// y_i = x_i s_i^−β with s_i = k + α/n Σ x_j² over the n channels j around i.  A channel has one
  /// part as itself, and one in each s it stands in.
  private static func local(_ c: PullbackContext) throws(RuleRefusal) -> Term {
    let (rank, channels) = (try c.rank(), try c.side(1))
    guard let size = c.node.int("size"), (1...(1 << 16)).contains(size) else {
      throw RuleRefusal("its size is missing")
    }
    let (alpha, beta) = (c.node.float("alpha") ?? 1e-4, c.node.float("beta") ?? 0.75)
    let (before, after) = ((size - 1) / 2, size / 2)
    let window = try AxisMap(from: channels, to: channels) { channel in
      (channel - before...channel + after).map { ($0, 1) }
    }
    let x = try c.x()
    let squares = window.applied(x * x, axis: 1, rank: rank)
    let s = squares * (alpha / Float(size)) + (c.node.float("bias") ?? 1)
    let inner = window.pulledBack(try c.dy * (c.y() / s), axis: 1, rank: rank)
    let power = c.builder.emit("Pow", [s, s.scalar(-beta)])
    return try c.dy * power - x * (inner * (2 * alpha * beta / Float(size)))
  }
}
