import ONNXFormat
import ONNXGraph

extension GraphBuilder {
  /// A vector of constants to start an iteration from, which no matrix of a model is orthogonal to.
  func start(_ size: Int, shape: [Int], type: ElementType) -> Term {
    var draws = SeededDraws(seed: 1)
    return constant(draws.normals(size), shape: shape, type: type)
  }

  /// Runs nodes again and again, carrying states: the states after the last step.
  ///
  /// - Parameters:
  ///   - count: how often.
  ///   - states: what the nodes call each state, and what it starts from.
  ///   - results: what the nodes call each state's next value.
  ///   - names: what all names within begin with.
  ///   - nodes: operator, inputs and output of each node; the step's number is `step`.  Names that
  ///     are no state or output of a node before are those of values outside.
  func loop(
    _ count: Int, states: [(name: String, start: Term)], results: [String], names: String,
    nodes: [(operatorName: String, inputs: [String], output: String)]
  ) -> [Term] {
    let own = Set(states.map(\.name) + nodes.map(\.output) + ["step"])
    func name(_ name: String) -> String { own.contains(name) ? names + name : name }
    let type = states[0].start.type
    var body = GraphProto()
    body.name = names + "body"
    body.node = nodes.map { node in
      NodeProto(
        node.operatorName, node.inputs.map(name), [name(node.output)],
        attributes: Self.attributes(of: node.operatorName, type: type))
    }
    body.node.append(NodeProto("Identity", [names + "goes"], [names + "goes_on"]))
    body.input =
      [
        ValueInfoProto(names + "step", type: .int64, shape: []),
        ValueInfoProto(names + "goes", type: .bool, shape: []),
      ] + states.map { ValueInfoProto(names + $0.name, type: type, shape: nil) }
    body.output =
      [ValueInfoProto(names + "goes_on", type: .bool, shape: [])]
      + results.map { ValueInfoProto(name($0), type: type, shape: nil) }
    var graph = AttributeProto()
    graph.name = "body"
    graph.type = AttributeProto.Kind.graph
    graph.g = body
    return emit(
      "Loop", [integers([count], shape: []), nil] + states.map(\.start), type: type,
      attributes: [graph], outputCount: states.count)
  }

  /// The attributes of the nodes within a loop over batches of matrices.
  private static func attributes(of operatorName: String, type: ElementType) -> [AttributeProto] {
    switch operatorName {
    case "Cast": [AttributeProto("to", Int(type.rawValue))]
    case "Transpose": [AttributeProto("perm", [0, 2, 1])]
    default: []
    }
  }
}
