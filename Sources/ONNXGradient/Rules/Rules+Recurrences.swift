import ONNXFormat
import ONNXGraph

extension Rules {
  /// Recurrent layers, as some image models hold them along rows and columns.
  static let recurrences: [GradientRule] = [
    GradientRule("LSTM", "through time by Scan; all steps' gates and products with W at once") {
      c throws(RuleRefusal) in try LongShortTermMemory(c).pulledBack()
    }
  ]
}

/// The pullback of an LSTM.
///
/// All h_t stand in the output, so the gates of all steps follow at once:
/// i, o, f = σ(…), g = tanh(…) of x_t Wᵀ + h_{t−1} Rᵀ + b.  One Scan finds c_t = f c_{t−1} + i g,
/// another walks back: dh_t = dy_t + dG_{t+1} R, dc_t = dh_t o (1 − tanh² c_t) + dc_{t+1} f_{t+1},
/// and dG_t is (dc, dh, dc, dc) times the gates' slopes.  Then dx = dG W.
private struct LongShortTermMemory {
  private let c: PullbackContext
  private let hidden: Int
  private let directions: [Bool]

  init(_ c: PullbackContext) throws(RuleRefusal) {
    guard let hidden = c.node.int("hidden_size"), (1..<(1 << 24)).contains(hidden) else {
      throw RuleRefusal("its size is missing")
    }
    for name in ["activations", "clip", "activation_alpha", "activation_beta"]
    where c.node.attribute(name) != nil {
      throw RuleRefusal("it has '\(name)' of its own")
    }
    guard c.node.int("layout") != 1, c.node.int("input_forget") != 1, c.optional(4) == nil,
      c.optional(7) == nil
    else { throw RuleRefusal("its form is not the usual one") }
    guard c.wanted.isDisjoint(with: [1, 2, 3]) else {
      throw RuleRefusal("its weight depends on the input")
    }
    self.c = c
    self.hidden = hidden
    switch c.node.string("direction") ?? "forward" {
    case "bidirectional": directions = [false, true]
    case "reverse": directions = [true]
    default: directions = [false]
    }
  }

  func pulledBack() throws(RuleRefusal) -> [Int: Term] {
    var inputs: [Term] = []
    var states: (h: [Term], c: [Term]) = ([], [])
    for (place, isReversed) in directions.enumerated() {
      let parts = try walkedBack(place, isReversed: isReversed)
      inputs.append(parts.dx)
      states.h.append(parts.dh)
      states.c.append(parts.dc)
    }
    return [
      0: c.builder.sum(inputs) ?? inputs[0],
      5: c.builder.concatenated(states.h.map { $0.unsqueezed([0]) }, axis: 0),
      6: c.builder.concatenated(states.c.map { $0.unsqueezed([0]) }, axis: 0),
    ]
  }

  /// One direction's share: what x, h₀ and c₀ get.
  private func walkedBack(
    _ place: Int, isReversed: Bool
  ) throws(RuleRefusal) -> (dx: Term, dh: Term, dc: Term) {
    func own(_ term: Term, axis: Int) -> Term {
      term.sliced(axis, from: place, to: place + 1).squeezed([axis])
    }
    let (x, w, r) = (try c.x(0), own(try c.x(1), axis: 0), own(try c.x(2), axis: 0))
    let (y, dy) = (own(try c.y(), axis: 1), own(try c.dy, axis: 1))
    let still = y.sliced(0, from: 0, to: 1).squeezed([0]) * 0
    let h0 = c.optional(5).map { own($0, axis: 0) } ?? still
    let c0 = c.optional(6).map { own($0, axis: 0) } ?? still
    /// The values one step before, with the first state at the start.
    func before(_ values: Term, _ first: Term) -> Term {
      let start = first.unsqueezed([0])
      let rest =
        isReversed
        ? values.sliced(0, from: 1, to: .max) : values.sliced(0, from: 0, to: -1)
      return c.builder.concatenated(isReversed ? [rest, start] : [start, rest], axis: 0)
    }
    var gates =
      x.times(matrix: w.transposed([1, 0])) + before(y, h0).times(matrix: r.transposed([1, 0]))
    if let bias = c.optional(3) {
      let both = own(bias, axis: 0)
      gates =
        gates + both.sliced(0, from: 0, to: 4 * hidden)
        + both.sliced(0, from: 4 * hidden, to: 8 * hidden)
    }
    let parts = (0..<4).map { gates.sliced(2, from: $0 * hidden, to: ($0 + 1) * hidden) }
    let (i, o, f) = (
      parts[0].apply("Sigmoid"), parts[1].apply("Sigmoid"), parts[2].apply("Sigmoid")
    )
    let g = parts[3].apply("Tanh")
    let stem = c.builder.prefix + "LSTM/\(y.name)/\(place)/"
    let cells = c.builder.scan(
      [c0], over: [f, i * g], backwards: isReversed, names: stem + "forth/"
    ) { states, steps in
      let next = "\(stem)forth/next"
      return [
        NodeProto("Mul", [steps[0], states[0]], [stem + "forth/kept"]),
        NodeProto("Add", [stem + "forth/kept", steps[1]], [next]),
        NodeProto("Identity", [next], [stem + "forth/cell"]),
      ]
    } results: {
      [stem + "forth/next", stem + "forth/cell"]
    }[1]
    let bent = cells.apply("Tanh")
    let slopes = c.builder.concatenated(
      [
        g * (i * (1 - i)), bent * (o * (1 - o)), before(cells, c0) * (f * (1 - f)),
        i * (1 - g * g),
      ], axis: 2)
    let back = stem + "back/"
    let walked = c.builder.scan(
      [still, still], over: [dy, o * (1 - bent * bent), f, slopes], backwards: !isReversed,
      names: back
    ) { states, steps in
      [
        NodeProto("Add", [steps[0], states[0]], [back + "dh"]),
        NodeProto("Mul", [back + "dh", steps[1]], [back + "through"]),
        NodeProto("Add", [back + "through", states[1]], [back + "dc"]),
        NodeProto(
          "Concat", [back + "dc", back + "dh", back + "dc", back + "dc"], [back + "all"],
          attributes: [AttributeProto("axis", 1)]),
        NodeProto("Mul", [back + "all", steps[3]], [back + "gates"]),
        NodeProto("MatMul", [back + "gates", r.name], [back + "before"]),
        NodeProto("Mul", [back + "dc", steps[2]], [back + "left"]),
      ]
    } results: {
      [back + "before", back + "left", back + "gates"]
    }
    return (walked[2].times(matrix: w), walked[0], walked[1])
  }
}

extension GraphBuilder {
  /// Walks along the first axis of values, carrying states: the last states, then what each step
  /// gave, in the order of the steps' places.
  ///
  /// The nodes of one step are made from the names of its states and values.
  fileprivate func scan(
    _ states: [Term], over steps: [Term], backwards: Bool, names: String,
    nodes: (_ states: [String], _ steps: [String]) -> [NodeProto], results: () -> [String]
  ) -> [Term] {
    let stateNames = states.indices.map { "\(names)state_\($0)" }
    let stepNames = steps.indices.map { "\(names)step_\($0)" }
    var body = GraphProto()
    body.name = names + "body"
    body.node = nodes(stateNames, stepNames)
    body.input = zip(stateNames + stepNames, states + steps).map {
      ValueInfoProto($0, type: $1.type, shape: nil)
    }
    body.output = results().map { ValueInfoProto($0, type: steps[0].type, shape: nil) }
    var graph = AttributeProto()
    graph.name = "body"
    graph.type = AttributeProto.Kind.graph
    graph.g = body
    let direction = backwards ? 1 : 0
    let outputCount = body.output.count - states.count
    return emit(
      "Scan", states + steps,
      attributes: [
        graph, AttributeProto("num_scan_inputs", steps.count),
        AttributeProto("scan_input_directions", steps.map { _ in direction }),
        AttributeProto(
          "scan_output_directions", Array(repeating: direction, count: outputCount)),
      ], outputCount: body.output.count)
  }
}
