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

  /// Y = s A' B' over the last two axes, where a prime is a transpose if asked for.
  static func matrixProduct(
    _ c: PullbackContext, turnsA: Bool = false, turnsB: Bool = false, scale: Float = 1
  ) throws(RuleRefusal) -> [Int: Term] {
    let ranks = (a: try c.rank(0), b: try c.rank(1))
    guard ranks.a > 1 || !turnsA, ranks.b > 1 || !turnsB else {
      throw RuleRefusal("it turns a vector")
    }
    // A vector counts as one row or one column; the product has no axis for it.
    let output = try c.outputShape()
    let outputRank = output.count
    let leading = output.dropLast(min(ranks.a, 2) + min(ranks.b, 2) - 2)
    var dy = try c.dy * scale
    if ranks.b == 1 { dy = dy.unsqueezed([outputRank]) }
    if ranks.a == 1 { dy = dy.unsqueezed([max(outputRank - (ranks.b == 1 ? 0 : 1), 0)]) }
    let a = ranks.a == 1 ? try c.x(0).unsqueezed([0]) : try c.x(0)
    let b = ranks.b == 1 ? try c.x(1).unsqueezed([1]) : try c.x(1)
    func turned(_ term: Term, _ rank: Int, if isTurned: Bool) -> Term {
      isTurned ? flipped(term, rank: max(rank, 2)) : term
    }
    let rank = leading.count + 2
    var dx: [Int: Term] = [:]
    if c.wants(0) {
      let other = turned(b, ranks.b, if: turnsA == turnsB)
      let full =
        turnsA ? other.times(matrix: flipped(dy, rank: rank)) : dy.times(matrix: other)
      let own = ranks.a == 1 ? full.squeezed([leading.count]) : full
      dx[0] = try c.summed(own, of: leading + (try c.shape(0).suffix(2)), to: 0)
    }
    if c.wants(1) {
      let other = turned(a, ranks.a, if: turnsA == turnsB)
      let full =
        turnsB ? flipped(dy, rank: rank).times(matrix: other) : other.times(matrix: dy)
      let own = ranks.b == 1 ? full.squeezed([leading.count + 1]) : full
      dx[1] = try c.summed(own, of: leading + (try c.shape(1).suffix(2)), to: 1)
    }
    return dx
  }

  private static func flipped(_ matrix: Term, rank: Int) -> Term {
    matrix.transposed(Array(0..<(rank - 2)) + [rank - 1, rank - 2])
  }

  /// Y = α A' B' + β C, where a prime is a transpose if the flag says so.
  static func general(_ c: PullbackContext) throws(RuleRefusal) -> [Int: Term] {
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

  /// An axis that stands in one input alone was summed away: a vector of ones spreads it again.
  private static func summed(_ c: PullbackContext) throws(RuleRefusal) -> [Int: Term] {
    var ranks: [Int] = []
    for index in c.node.input.indices { ranks.append(try c.rank(index)) }
    guard let equation = EinsumEquation(c.node.string("equation") ?? "", ranks: ranks) else {
      throw RuleRefusal("its equation does not fit its inputs")
    }
    guard (equation.inputs + [equation.output]).allSatisfy({ Set($0).count == $0.count }) else {
      throw RuleRefusal("its equation takes a diagonal")
    }
    var dx: [Int: Term] = [:]
    for index in c.wanted.sorted() {
      let others = equation.inputs.indices.filter { $0 != index }
      var factors = others.map { equation.inputs[$0] } + [equation.output]
      var terms: [Term] = []
      for other in others { terms.append(try c.x(other)) }
      terms.append(try c.dy)
      for (axis, letter) in equation.inputs[index].enumerated()
      where !factors.joined().contains(letter) {
        let side = try c.side(axis, of: index)
        guard side <= 1 << 24 else { throw RuleRefusal("an axis of it is too long") }
        let ones = Array(repeating: Float(1), count: side)
        factors.append([letter])
        terms.append(c.builder.constant(ones, shape: [ones.count], type: terms[0].type))
      }
      let text =
        factors.map { String($0) }.joined(separator: ",") + "->"
        + String(equation.inputs[index])
      dx[index] = c.builder.emit(
        c.node.opType, terms, attributes: [AttributeProto("equation", text)])
    }
    return dx
  }
}
