import ONNXFormat
import ONNXGraph

extension Rules {
  /// Matrix products.
  static let products: [GradientRule] = [
    GradientRule("MatMul", "dY Bᵀ, Aᵀ dY") { c throws(RuleRefusal) in try matrixProduct(c) },
    GradientRule(
      "Gemm", "α dY Bᵀ, α Aᵀ dY, β dY, with the flags turned round", broadcasts: true
    ) { c throws(RuleRefusal) in try general(c) },
    GradientRule("Einsum", "the product of dy and the other inputs, summed to the input's axes") {
      c throws(RuleRefusal) in try summed(c)
    },
  ]

  private static func matrixProduct(_ c: PullbackContext) throws(RuleRefusal) -> [Int: Term] {
    let ranks = (a: try c.rank(0), b: try c.rank(1))
    // A vector counts as one row or one column; the product has no axis for it.
    let output = try c.outputShape()
    let outputRank = output.count
    let leading = output.dropLast(min(ranks.a, 2) + min(ranks.b, 2) - 2)
    var dy = try c.dy
    if ranks.b == 1 { dy = dy.unsqueezed([outputRank]) }
    if ranks.a == 1 { dy = dy.unsqueezed([max(outputRank - (ranks.b == 1 ? 0 : 1), 0)]) }
    let a = ranks.a == 1 ? try c.x(0).unsqueezed([0]) : try c.x(0)
    let b = ranks.b == 1 ? try c.x(1).unsqueezed([1]) : try c.x(1)
    var dx: [Int: Term] = [:]
    if c.wants(0) {
      let full = dy.times(matrix: flipped(b, rank: max(ranks.b, 2)))
      let own = ranks.a == 1 ? full.squeezed([leading.count]) : full
      dx[0] = try c.summed(own, of: leading + (try c.shape(0).suffix(2)), to: 0)
    }
    if c.wants(1) {
      let full = flipped(a, rank: max(ranks.a, 2)).times(matrix: dy)
      let own = ranks.b == 1 ? full.squeezed([leading.count + 1]) : full
      dx[1] = try c.summed(own, of: leading + (try c.shape(1).suffix(2)), to: 1)
    }
    return dx
  }

  private static func flipped(_ matrix: Term, rank: Int) -> Term {
    matrix.transposed(Array(0..<(rank - 2)) + [rank - 1, rank - 2])
  }

  /// Y = α A' B' + β C, where a prime is a transpose if the flag says so.
  private static func general(_ c: PullbackContext) throws(RuleRefusal) -> [Int: Term] {
    let turnsA = c.node.int("transA") == 1
    let turnsB = c.node.int("transB") == 1
    let alpha = c.node.float("alpha") ?? 1
    let dy = try c.dy
    func product(_ left: Term, _ turnsLeft: Bool, _ right: Term, _ turnsRight: Bool) -> Term {
      let flags = [
        AttributeProto("alpha", alpha), AttributeProto("transA", turnsLeft ? 1 : 0),
        AttributeProto("transB", turnsRight ? 1 : 0),
      ]
      // Before operator set 11 the third input is required.
      let none = c.opset < 11 ? c.builder.scalar(0, type: left.type) : nil
      return c.builder.emit("Gemm", [left, right, none], attributes: flags)
    }
    var dx: [Int: Term] = [:]
    if c.wants(0) {
      let b = try c.x(1)
      dx[0] = turnsA ? product(b, turnsB, dy, true) : product(dy, false, b, !turnsB)
    }
    if c.wants(1) {
      let a = try c.x(0)
      dx[1] = turnsB ? product(dy, true, a, turnsA) : product(a, !turnsA, dy, false)
    }
    if c.wants(2) { dx[2] = dy * (c.node.float("beta") ?? 1) }
    return dx
  }

  /// Every axis of an input must stand in the output or another input; one that stands alone was
  /// summed away and would have to be spread again.
  private static func summed(_ c: PullbackContext) throws(RuleRefusal) -> [Int: Term] {
    guard let equation = EinsumEquation(c.node.string("equation") ?? ""),
      equation.inputs.count == c.node.input.count
    else { throw RuleRefusal("its equation is not of letters with a named output") }
    guard (equation.inputs + [equation.output]).allSatisfy({ Set($0).count == $0.count }) else {
      throw RuleRefusal("its equation takes a diagonal")
    }
    var dx: [Int: Term] = [:]
    for index in c.wanted.sorted() {
      let others = equation.inputs.indices.filter { $0 != index }
      let factors = others.map { equation.inputs[$0] } + [equation.output]
      guard equation.inputs[index].allSatisfy(factors.joined().contains) else {
        throw RuleRefusal("its equation sums over one input alone")
      }
      var terms: [Term] = []
      for other in others { terms.append(try c.x(other)) }
      let text =
        factors.map { String($0) }.joined(separator: ",") + "->"
        + String(equation.inputs[index])
      dx[index] = c.builder.emit(
        c.node.opType, terms + [try c.dy], attributes: [AttributeProto("equation", text)])
    }
    return dx
  }
}
