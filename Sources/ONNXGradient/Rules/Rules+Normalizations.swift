import ONNXFormat
import ONNXGraph

extension Rules {
  /// Normalisations, as they compute in inference.
  static let normalizations: [GradientRule] = [
    GradientRule("BatchNormalization", "dy · scale / √(var + ε)") { c throws(RuleRefusal) in
      guard c.node.int("training_mode") != 1 else {
        throw RuleRefusal("it normalises by the batch, as in training")
      }
      return try batchNormalized(c)
    },
    GradientRule("InstanceNormalization", "centred over space, see LayerNormalization") {
      c throws(RuleRefusal) in
      let rank = try c.spatialRank() + 2
      let sides = [1, -1] + Array(repeating: 1, count: rank - 2)
      let unit = Normalized(
        try c.x(), axes: Array(2..<rank), epsilon: c.node.float("epsilon") ?? 1e-5)
      var dx = try parameters(c, unit.value, axes: [0] + (2..<rank))
      dx[0] = unit.pulledBack(try c.dy * (try c.x(1)).reshaped(sides))
      return dx
    },
    GradientRule("GroupNormalization", "as LayerNormalization over each group") {
      c throws(RuleRefusal) in try grouped(c)
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
      return [0: Normalized(try c.x(), axes: axes, epsilon: 0).pulledBack(try c.dy)]
    },
    GradientRule("ImageScaler", "dy · scale") { c throws(RuleRefusal) in
      [0: try c.dy * (c.node.float("scale") ?? 1)]
    },
    GradientRule("LRN", "dy s^−β − (2 α β / n) x · Σ dy y / s over the window, y = x s^−β") {
      c throws(RuleRefusal) in [0: try local(c)]
    },
    GradientRule("LayerNormalization", "(g − mean g − x̂ · mean(g x̂)) / σ, g = dy · scale") {
      c throws(RuleRefusal) in try layer(c, isCentred: true)
    },
    GradientRule("RMSNormalization", "(g − x̂ · mean(g x̂)) / rms, g = dy · scale") {
      c throws(RuleRefusal) in try layer(c, isCentred: false)
    },
    GradientRule(
      "SimplifiedLayerNormalization", "as RMSNormalization: how ONNX Runtime stores it"
    ) { c throws(RuleRefusal) in try layer(c, isCentred: false) },
    GradientRule("LpNormalization", "(dy − y · Σ dy y) / ‖x‖; for p = 1, sign x in the place of y")
    {
      c throws(RuleRefusal) in
      let axis = try c.axis(-1, rank: c.rank())
      let x = try c.x()
      let y = try c.y()
      if c.node.int("p") == 1 {
        let length = x.magnitude.sum([axis]).withoutZeros
        return [0: try (c.dy - x.apply("Sign") * (c.dy * y).sum([axis])) / length]
      }
      let length = (x * x).sum([axis]).squareRoot.withoutZeros
      return [0: try (c.dy - y * (c.dy * y).sum([axis])) / length]
    },
  ]

  /// With the statistics stored y = x̂ · scale + bias, x̂ = (x − mean) / √(var + ε).
  private static func batchNormalized(_ c: PullbackContext) throws(RuleRefusal) -> [Int: Term] {
    let rank = try c.rank()
    let channels = Array(repeating: 1, count: max(0, rank - 2))
    let deviation = (try c.x(4) + (c.node.float("epsilon") ?? 1e-5)).squareRoot
    let factor = try c.x(1) / deviation
    // Before operator set 9 there could be a scale for each position, as in a layer of units.
    let isSpatial = c.node.int("spatial") != 0
    func spread(_ term: Term) -> Term {
      isSpatial ? term.reshaped([1, -1] + channels) : term.unsqueezed([0])
    }
    var dx: [Int: Term] = [:]
    if c.wants(0) { dx[0] = try c.dy * spread(factor) }
    guard !c.wanted.isSubset(of: [0]) else { return dx }
    let axes = isSpatial ? [0] + (2..<max(rank, 2)) : [0]
    let unit = try (c.x() - spread(c.x(3))) / spread(deviation)
    dx.merge(try parameters(c, unit, axes: axes)) { $1 }
    if c.wants(3) { dx[3] = -(try c.dy.sum(axes, keepsAxes: false) * factor) }
    if c.wants(4) {
      let slope = try (c.dy * unit).sum(axes, keepsAxes: false)
      dx[4] = slope * factor * -0.5 / deviation
    }
    return dx
  }

  /// dscale = Σ dy · x̂ and dbias = Σ dy over the axes, where they are asked for.
  private static func parameters(
    _ c: PullbackContext, _ unit: Term, axes: [Int], bias: Int = 2
  ) throws(RuleRefusal) -> [Int: Term] {
    var dx: [Int: Term] = [:]
    if c.wants(1) {
      dx[1] = try (c.dy * unit).sum(axes, keepsAxes: false).reshaped(like: c.x(1).name)
    }
    if c.wants(bias) {
      dx[bias] = try c.dy.sum(axes, keepsAxes: false).reshaped(like: c.x(bias).name)
    }
    return dx
  }

  private static func layer(
    _ c: PullbackContext, isCentred: Bool
  ) throws(RuleRefusal) -> [Int: Term] {
    let rank = try c.rank()
    let axis = try c.axis(-1, rank: rank)
    let unit = Normalized(
      try c.x(), axes: Array(axis..<rank), epsilon: c.node.float("epsilon") ?? 1e-5,
      isCentred: isCentred)
    var dx: [Int: Term] = [:]
    if c.wants(0) { dx[0] = unit.pulledBack(try c.dy * c.x(1)) }
    // The parameters may have any shape that broadcasts to x.
    if c.wants(1) { dx[1] = try c.summed(c.dy * unit.value, of: c.shape(), to: 1) }
    if c.wants(2) { dx[2] = try c.summed(c.dy, of: c.shape(), to: 2) }
    return dx
  }

  private static func grouped(_ c: PullbackContext) throws(RuleRefusal) -> [Int: Term] {
    guard let groups = c.node.int("num_groups"), groups > 0, let name = c.node.input(at: 0) else {
      throw RuleRefusal("its number of groups is missing")
    }
    let rank = try c.spatialRank() + 2
    let channels = try c.side(1)
    guard channels.isMultiple(of: groups) else { throw RuleRefusal("its groups do not come out") }
    // Since operator set 21 there is a scale for each channel, before for each group.
    let perChannel = [1, -1] + Array(repeating: 1, count: rank - 2)
    let split = [0, groups, -1]
    let unit = Normalized(
      try c.x().reshaped(split), axes: [2], epsilon: c.node.float("epsilon") ?? 1e-5)
    let dy = try c.dy
    var dx: [Int: Term] = [:]
    if c.opset >= 21 {
      if !c.wanted.isSubset(of: [0]) {
        dx = try parameters(c, unit.value.reshaped(like: name), axes: [0] + (2..<rank))
      }
      dx[0] = unit.pulledBack((dy * (try c.x(1)).reshaped(perChannel)).reshaped(split))
        .reshaped(like: name)
    } else {
      let g = dy.reshaped(split)
      if c.wants(1) { dx[1] = (g * unit.value).sum([0, 2], keepsAxes: false) }
      if c.wants(2) { dx[2] = g.sum([0, 2], keepsAxes: false) }
      dx[0] = unit.pulledBack(g * (try c.x(1)).reshaped([1, groups, 1])).reshaped(like: name)
    }
    return dx
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

/// Values brought to mean 0 and variance 1 over axes: x̂ = (x − μ) / σ.
struct Normalized {
  /// x̂.
  let value: Term

  private let deviation: Term
  private let axes: [Int]
  private let isCentred: Bool

  /// Normalises over axes; uncentred, μ is left out.
  init(_ x: Term, axes: [Int], epsilon: Float, isCentred: Bool = true) {
    let centred = isCentred ? x - x.mean(axes) : x
    deviation = ((centred * centred).mean(axes) + epsilon).squareRoot
    value = centred / deviation
    self.axes = axes
    self.isCentred = isCentred
  }

  /// dx = (g − mean g − x̂ · mean(g · x̂)) / σ for the cotangent g of x̂; uncentred, mean g falls
  /// away.
  func pulledBack(_ g: Term) -> Term {
    let straight = isCentred ? g - g.mean(axes) : g
    return (straight - value * (g * value).mean(axes)) / deviation
  }
}
