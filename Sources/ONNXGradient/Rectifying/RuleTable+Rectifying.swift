import ONNXFormat
import ONNXGraph

extension RuleTable {
  /// Guided backpropagation: where an activation rectifies, dx = f′(x) · ReLU(dy) · [y > 0].
  ///
  /// Springenberg et al., "Striving for Simplicity: The All Convolutional Net", ICLR 2015 workshop.
  /// They know ReLU, for which this is dy · [dy > 0] · [x > 0].  Of the activations that came later
  /// the true derivative is kept and both conditions are added.
  package static let guided = rectifying("f′(x) · ReLU(dy) · [y > 0]") {
    (_, c, pullback) throws(RuleRefusal) in
    let dy = try c.dy.rectified
    // The derivative of these is zero already where y is.
    let isZeroBelow = ["Relu", "Clip", "ThresholdedRelu"].contains(c.node.opType)
    return try pullback(c.replacing(dy: isZeroBelow ? dy : dy * c.y().mask(greaterThan: 0)))
  }

  /// Deconvnet: where an activation rectifies, dx = ReLU(dy), whatever x is.
  ///
  /// Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", ECCV 2014.  Other
  /// activations than ReLU are passed alike: far above zero they are x, as ReLU is.
  package static let deconvnet = rectifying("ReLU(dy)") {
    (rectifier, c, pullback) throws(RuleRefusal) in
    let dy = try c.dy.rectified
    switch rectifier {
    case .whole(let input): return [input: dy]
    case .gated(let input, let slope): return [input: dy * slope]
    case .fused: return try pullback(c.withoutActivation(dy: dy))
    }
  }

  private typealias Passing =
    @Sendable (Rectifier, PullbackContext, GradientRule.Pullback) throws(RuleRefusal) -> [Int: Term]

  /// The standard table with the rows of rectifiers replaced.
  private static func rectifying(_ summary: String, _ pass: @escaping Passing) -> RuleTable {
    let names = Rectifier.activations.union(Rectifier.others)
    let rows = standard.rules.filter { names.contains($0.operatorName) }
    return standard.replacing(
      rows.compactMap { row -> GradientRule? in
        guard case .pullback(let pullback) = row.state else { return nil }
        return GradientRule(
          row.operatorName, summary, broadcasts: row.broadcasts, keepsOrder: row.keepsOrder,
          mixesRows: row.mixesRows, movesBatch: row.movesBatch
        ) { c throws(RuleRefusal) in
          guard let rectifier = Rectifier(c) else { return try pullback(c) }
          return try pass(rectifier, c, pullback)
        }
      })
  }
}

extension PullbackContext {
  /// The same with another cotangent of the first output.
  fileprivate func replacing(dy: Term) -> PullbackContext {
    PullbackContext(
      node: node, cotangents: [dy] + cotangents.dropFirst(), wanted: wanted, builder: builder)
  }

  /// The same of a fused layer without its activation.
  fileprivate func withoutActivation(dy: Term) -> PullbackContext {
    var bare = node
    bare.attribute.removeAll { $0.name.hasPrefix("activation") }
    return PullbackContext(
      node: bare, cotangents: [dy] + cotangents.dropFirst(), wanted: wanted, builder: builder)
  }
}
