import ONNXFormat

extension ShapeRules {
  /// Attention, recurrent layers and transforms.
  static let sequences: [String: ShapeRule] = [
    "Attention": { attention($0) },
    "RotaryEmbedding": { [sameAsFirst($0)] },
    "LSTM": { recurrent($0, states: 2) },
    "GRU": { recurrent($0, states: 1) },
    "RNN": { recurrent($0, states: 1) },
    "ReverseSequence": { [sameAsFirst($0)] },
    "DFT": { [transformed($0)] },
    "com.microsoft.SkipLayerNormalization": { skipped($0) },
    "com.microsoft.SkipSimplifiedLayerNormalization": { skipped($0) },
  ]

  /// Y, the keys and values with those of the past, and the scores.
  private static func attention(_ question: ShapeQuestion) -> [ValueFacts] {
    let type = question.input(0).type
    let node = question.node
    guard let q = question.input(0).shape, let k = question.input(1).shape,
      let v = question.input(2).shape, q.count == k.count, k.count == v.count,
      q.count == 3 || q.count == 4
    else { return Array(repeating: ValueFacts(type: type), count: 4) }
    let isFlat = q.count == 3
    let queries: Dimension = isFlat ? .fixed(node.int("q_num_heads") ?? 1) : q[1]
    let keys: Dimension = isFlat ? .fixed(node.int("kv_num_heads") ?? 1) : k[1]
    let past =
      question.node.input(at: 4) == nil
      ? .fixed(0) : question.input(4).shape.flatMap { $0.count == 4 ? $0[2] : nil } ?? .unknown
    let length = (isFlat ? k[1] : k[2]) + past
    let width = { (shape: Shape) in isFlat ? shape[2] / keys : shape[3] }
    let y: Shape =
      isFlat ? [q[0], q[1], queries * width(v)] : [q[0], q[1], q[2], v[3]]
    // A row for each query, with what the values hold.
    let last = q.count - 1
    let told = question.input(0).arrangement?.replacing(last, with: Arrangement.other(y[last]))
    return [
      ValueFacts(type: type, shape: y, arrangement: told),
      ValueFacts(type: question.input(1).type, shape: [k[0], keys, length, width(k)]),
      ValueFacts(type: question.input(2).type, shape: [v[0], keys, length, width(v)]),
      ValueFacts(type: type, shape: [q[0], queries, isFlat ? q[1] : q[2], length]),
    ]
  }

  /// X is [length, batch, features], or [batch, length, features] where the layout says so.
  private static func recurrent(_ question: ShapeQuestion, states: Int) -> [ValueFacts] {
    let type = question.input(0).type
    let isBatchFirst = question.node.int("layout") == 1
    guard let x = question.input(0).shape, x.count == 3,
      let hidden = question.node.int("hidden_size")
    else { return Array(repeating: ValueFacts(type: type), count: states + 1) }
    let directions = Dimension.fixed(question.node.string("direction") == "bidirectional" ? 2 : 1)
    let (length, batch) = isBatchFirst ? (x[1], x[0]) : (x[0], x[1])
    let y: Shape =
      isBatchFirst
      ? [batch, length, directions, .fixed(hidden)] : [length, directions, batch, .fixed(hidden)]
    let last: Shape =
      isBatchFirst ? [batch, directions, .fixed(hidden)] : [directions, batch, .fixed(hidden)]
    return [ValueFacts(type: type, shape: y)]
      + Array(repeating: ValueFacts(type: type, shape: last), count: states)
  }

  private static func transformed(_ question: ShapeQuestion) -> ValueFacts {
    var facts = ValueFacts(type: question.input(0).type)
    guard var shape = question.input(0).shape, shape.count > 1 else { return facts }
    let stated = question.node.input(at: 2) == nil ? .fixed(-2) : question.input(2).integers?.first
    let named = question.opset < 20 ? question.node.int("axis") ?? 1 : stated?.value
    guard let axis = named.flatMap({ Axes.place($0, in: shape.count) }) else { return facts }
    let isOneSided = question.node.int("onesided") == 1
    let isInverse = question.node.int("inverse") == 1
    var length = shape[axis]
    if isOneSided, isInverse { length = (length - .fixed(1)) * .fixed(2) }
    if question.node.input(at: 1) != nil { length = question.input(1).integers?.first ?? .unknown }
    shape[axis] = isOneSided && !isInverse ? halved(length) : length
    shape[shape.count - 1] = .fixed(isOneSided && isInverse ? 1 : 2)
    facts.shape = shape
    return facts
  }

  private static func halved(_ length: Dimension) -> Dimension {
    length.value.map { .fixed($0 / 2 + 1) } ?? .unknown
  }

  /// The normalised sum, its two statistics, and the sum.
  private static func skipped(_ question: ShapeQuestion) -> [ValueFacts] {
    let sum = sameAsFirst(question)
    return [sum, ValueFacts(type: .float), ValueFacts(type: .float), sum]
  }
}
