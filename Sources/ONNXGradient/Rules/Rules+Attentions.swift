import ONNXFormat
import ONNXGraph

extension Rules {
  /// Attention as one operator, and the turning of its queries and keys.
  static let attentions: [GradientRule] = [
    GradientRule(
      "Attention", "P = softmax(…): dV = Pᵀ dY, dS = P ∘ (dP − Σ dP ∘ P), dQ = s dS K, dK = s dSᵀ Q"
    ) { c throws(RuleRefusal) in try attention(c) },
    GradientRule("RotaryEmbedding", "dy turned back by the same angles") {
      c throws(RuleRefusal) in [0: try turnedBack(c)]
    },
  ]

  // MARK: Attention

  /// The probabilities are asked of the operator itself, so that masks, causality and windows are
  /// those of the model's operator set.
  ///
  /// Y = P V, P = softmax(S), S = cap(s Q Kᵀ) + mask with cap(z) = c tanh(z / c), hence
  /// dS = P ∘ (dP − Σ dP ∘ P) with dP = dY Vᵀ, and before the cap dS ∘ (1 − tanh²).
  private static func attention(_ c: PullbackContext) throws(RuleRefusal) -> [Int: Term] {
    let heads = try AttentionHeads(c)
    let dy = heads.split(try c.dy, heads.queries)
    let all = try c.builder.emit(
      c.node.opType, c.node.input.indices.map { c.optional($0) }, type: c.x().type,
      attributes: c.node.attribute.filter { $0.name != "qk_matmul_output_mode" }
        + [AttributeProto("qk_matmul_output_mode", 3)],
      outputCount: 4, omitting: heads.past > 0 ? [] : [1, 2])
    let chances = heads.grouped(all[3])
    let q = heads.grouped(heads.split(try c.x(0), heads.queries))
    let k = heads.shared(heads.joined(try c.x(1), c.optional(4)))
    let v = heads.shared(heads.joined(try c.x(2), c.optional(5)))
    let grouped = heads.grouped(dy)
    let last = heads.rank - 1
    var dx: [Int: Term] = [:]
    if c.wants(2) || c.wants(5) {
      let whole = heads.summed(chances.turned(heads.rank).times(matrix: grouped))
      (dx[2], dx[5]) = (heads.merged(heads.own(whole)), heads.past(whole))
    }
    guard !c.wanted.isDisjoint(with: [0, 1, 3, 4]) else { return dx }
    let dChances = grouped.times(matrix: v.turned(heads.rank))
    var dScores = chances * (dChances - (dChances * chances).sum([last]))
    if c.wants(3) {
      guard try c.shape(3).last == heads.lengths.last else {
        throw RuleRefusal("its mask is narrower than its scores")
      }
      let wide = [try c.shape(0)[0], .fixed(heads.queries)] + heads.lengths
      dx[3] = try c.summed(heads.flat(dScores), of: wide, to: 3)
    }
    let scale = c.node.float("scale") ?? heads.scale
    if let cap = c.node.float("softcap"), cap > 0 {
      let bent = (q.times(matrix: k.turned(heads.rank)) * (scale / cap)).apply("Tanh")
      dScores = dScores * (1 - bent * bent)
    }
    dScores = dScores * scale
    if c.wants(0) { dx[0] = heads.merged(heads.flat(dScores.times(matrix: k))) }
    if c.wants(1) || c.wants(4) {
      let whole = heads.summed(dScores.turned(heads.rank).times(matrix: q))
      (dx[1], dx[4]) = (heads.merged(heads.own(whole)), heads.past(whole))
    }
    return dx
  }

  // MARK: Rotary embedding

  /// (a, b) ↦ (a cos − b sin, a sin + b cos): the transpose turns by the negative angle.
  private static func turnedBack(_ c: PullbackContext) throws(RuleRefusal) -> Term {
    guard !c.wants(1), !c.wants(2) else { throw RuleRefusal("its angles depend on the input") }
    let shape = try c.shape()
    var dy = try c.dy
    let heads = c.node.int("num_heads") ?? 0
    let isFlat = shape.count == 3
    guard let width = shape.last?.value, !isFlat || (heads > 0 && width.isMultiple(of: heads))
    else { throw RuleRefusal("its heads are not known") }
    // As [N, L, heads, width], which both forms regroup to.
    let size = isFlat ? width / heads : width
    dy = isFlat ? dy.reshaped([0, 0, heads, size]) : dy.transposed([0, 2, 1, 3])
    let turned = c.node.int("rotary_embedding_dim").flatMap { $0 == 0 ? nil : $0 } ?? size
    guard turned <= size, turned > 0, turned.isMultiple(of: 2) else {
      throw RuleRefusal("the part it turns does not fit")
    }
    func angles(_ index: Int) throws(RuleRefusal) -> Term {
      var cache = try c.x(index)
      if let places = c.optional(3) { cache = c.builder.emit("Gather", [cache, places]) }
      return cache.unsqueezed([2])
    }
    let (cosine, sine) = (try angles(1), try angles(2))
    let half = turned / 2
    let isPaired = c.node.int("interleaved") == 1
    let a: Term
    let b: Term
    if isPaired {
      let pairs = dy.sliced(3, from: 0, to: turned).reshaped([0, 0, 0, half, 2])
      a = pairs.sliced(4, from: 0, to: 1).squeezed([4])
      b = pairs.sliced(4, from: 1, to: 2).squeezed([4])
    } else {
      (a, b) = (dy.sliced(3, from: 0, to: half), dy.sliced(3, from: half, to: turned))
    }
    let first = a * cosine + b * sine
    let second = b * cosine - a * sine
    var parts =
      isPaired
      ? [
        c.builder.concatenated([first.unsqueezed([4]), second.unsqueezed([4])], axis: 4)
          .reshaped([0, 0, 0, turned])
      ] : [first, second]
    if turned < size { parts.append(dy.sliced(3, from: turned, to: size)) }
    let dx = c.builder.concatenated(parts, axis: 3)
    return isFlat ? dx.reshaped([0, 0, width]) : dx.transposed([0, 2, 1, 3])
  }
}

extension Term {
  /// The last two axes exchanged.
  fileprivate func turned(_ rank: Int) -> Term {
    transposed(Array(0..<(rank - 2)) + [rank - 1, rank - 2])
  }
}

/// How the heads of an attention lie in its inputs.
private struct AttentionHeads {
  /// The number of heads of the queries, and of keys and values, which may share them.
  let queries: Int
  let keys: Int
  /// Whether the heads stand side by side in the last axis.
  let isFlat: Bool
  /// The standard scale, 1 / √ width.
  let scale: Float
  /// Sides of the scores: queries and keys.
  let lengths: Shape
  /// The positions before the keys given, which come from the past.
  let past: Int

  init(_ c: PullbackContext) throws(RuleRefusal) {
    let (q, k) = (try c.shape(0), try c.shape(1))
    isFlat = q.count == 3
    guard q.count == k.count, q.count == 3 || q.count == 4 else {
      throw RuleRefusal("its inputs have not three or four axes")
    }
    queries = isFlat ? c.node.int("q_num_heads") ?? 0 : try c.side(1)
    keys = isFlat ? c.node.int("kv_num_heads") ?? 0 : try c.side(1, of: 1)
    let width = try c.side(q.count - 1)
    guard queries > 0, keys > 0, queries.isMultiple(of: keys),
      !isFlat || width.isMultiple(of: queries)
    else { throw RuleRefusal("its heads are not known") }
    let size = isFlat ? width / queries : width
    scale = 1 / Float(size).squareRoot()
    past = c.node.input(at: 4) == nil ? 0 : try c.side(2, of: 4)
    let axis = isFlat ? 1 : 2
    lengths = [q[axis], k[axis] + .fixed(past)]
  }

  /// Axes of a product, five where keys are shared.
  var rank: Int { queries == keys ? 4 : 5 }

  /// As [N, heads, L, width].
  func split(_ term: Term, _ heads: Int) -> Term {
    isFlat ? term.reshaped([0, 0, heads, -1]).transposed([0, 2, 1, 3]) : term
  }

  /// Back in the form of the inputs.
  func merged(_ term: Term) -> Term {
    isFlat ? term.transposed([0, 2, 1, 3]).reshaped([0, 0, -1]) : term
  }

  /// Keys or values with those of the past before them.
  func joined(_ term: Term, _ past: Term?) -> Term {
    let own = split(term, keys)
    return past.map { own.builder.concatenated([$0, own], axis: 2) } ?? own
  }

  /// The queries' heads as a group for each head of the keys: [N, keys, group, L, width].
  func grouped(_ term: Term) -> Term {
    rank == 4 ? term : term.unsqueezed([2]).reshaped([0, keys, queries / keys, 0, 0])
  }

  /// Keys or values for all queries of a group.
  func shared(_ term: Term) -> Term { rank == 4 ? term : term.unsqueezed([2]) }

  /// Groups laid side by side again: [N, heads, L, width].
  func flat(_ term: Term) -> Term {
    rank == 4 ? term : term.reshaped([0, queries, 1, 0, 0]).squeezed([2])
  }

  /// What all keys or values get: summed over the queries of a group.
  func summed(_ term: Term) -> Term { rank == 4 ? term : term.sum([2], keepsAxes: false) }

  /// Of what all keys or values get, the part of those given.
  func own(_ term: Term) -> Term {
    past > 0 ? term.sliced(2, from: past, to: .max) : term
  }

  /// Of what all keys or values get, the part of those of the past.
  func past(_ term: Term) -> Term { term.sliced(2, from: 0, to: past) }
}
