package import ONNXFormat

/// Writes nodes after a model's own.
///
/// A class, because gradient rules and methods all write into one graph while the terms they
/// pass around name its values; it lives only while a graph is rewritten.  The same node asked
/// for twice is written once.
package final class GraphBuilder {
  /// The graph written after.
  package let graph: Graph
  /// What all added names begin with; no name of the model does.
  package let prefix: String
  /// The nodes written so far.
  package private(set) var nodes: [NodeProto] = []
  /// The constants they use.
  package private(set) var initializers: [TensorProto] = []

  private var written: [NodeKey: [Term]] = [:]
  private var constants: [ConstantKey: String] = [:]
  private var origins: [String: String] = [:]
  private var count = 0

  /// Starts writing after a graph.
  package init(after graph: Graph) {
    self.graph = graph
    var prefix = "gradcam/"
    let names =
      Array(graph.producers.keys) + Array(graph.initializers.keys) + graph.nodes.map(\.name)
      + graph.inputs.map(\.name)
    while names.contains(where: { $0.hasPrefix(prefix) }) { prefix = "_" + prefix }
    self.prefix = prefix
  }

  /// The version of the operator set that nodes are written for.
  package var opset: Int { graph.opset }

  /// A value of the model as a term.
  package func term(_ value: String) -> Term {
    term(value, type: graph.elementType(of: value))
  }

  /// A value of a known type as a term, such as an input that is added.
  package func term(_ value: String, type: ElementType) -> Term {
    Term(name: value, type: type, builder: self)
  }

  /// A value of the model as gradients and methods read it: in float32 where it has less, or
  /// where integers stand for real numbers.
  ///
  /// Written once a value; the runtime folds it for weights.
  package func read(_ value: String) -> Term {
    let term = term(value)
    let isNarrow = term.type == .float16 || term.type == .bfloat16
    guard isNarrow || graph.quantizedValues.contains(value) else { return term }
    let wide = term.cast(to: .float)
    origins[wide.name] = value
    return wide
  }

  /// The model's value that a term made by ``read(_:)`` holds; other names as they are.
  func origin(of name: String) -> String { origins[name] ?? name }

  private struct NodeKey: Hashable {
    let operatorName: String
    let inputs: [String]
    let attributes: [AttributeProto]
    let outputCount: Int
  }

  private struct ConstantKey: Hashable {
    let type: ElementType
    let shape: [Int]
    let bits: [UInt64]
  }
}

// MARK: - Nodes

extension GraphBuilder {
  /// Writes a node with one output of the type given, or of its first input's type.
  package func emit(
    _ operatorName: String, _ inputs: [Term?], type: ElementType? = nil,
    attributes: [AttributeProto] = []
  ) -> Term {
    emit(operatorName, inputs, type: type, attributes: attributes, outputCount: 1)[0]
  }

  /// Writes a node with several outputs, of which some may be left out.
  package func emit(
    _ operatorName: String, _ inputs: [Term?], type: ElementType? = nil,
    attributes: [AttributeProto] = [], outputCount: Int, omitting omitted: Set<Int> = []
  ) -> [Term] {
    var names = inputs.map { $0?.name ?? "" }
    while names.last == "" { names.removeLast() }
    let key = NodeKey(
      operatorName: operatorName, inputs: names, attributes: attributes, outputCount: outputCount)
    if let terms = written[key] { return terms }
    count += 1
    let stem = "\(prefix)\(operatorName)_\(count)"
    let type = type ?? inputs.lazy.compactMap { $0?.type }.first ?? .float
    let terms = (0..<outputCount).map { index in
      Term(name: index == 0 ? stem : "\(stem)_\(index)", type: type, builder: self)
    }
    nodes.append(
      NodeProto(
        operatorName, names, terms.indices.map { omitted.contains($0) ? "" : terms[$0].name },
        name: stem, attributes: attributes))
    written[key] = terms
    return terms
  }

  /// The written node that makes a term, or nil for the model's own values and constants.
  package func writtenNode(making term: Term) -> NodeProto? {
    nodes.last { $0.output.contains(term.name) }
  }

  /// The contents of a written constant of integers; nil for any other value.
  package func writtenIntegers(_ name: String) -> [Int]? {
    initializers.first { $0.name == name }?.inlineIntegers
  }

  /// Gives a term a chosen name, for outputs.
  package func rename(_ term: Term, to name: String) -> Term {
    nodes.append(NodeProto("Identity", [term.name], [name], name: name))
    return Term(name: name, type: term.type, builder: self)
  }
}

extension GraphBuilder {
  /// Takes over what another builder wrote after this one's nodes.
  ///
  /// - Precondition: the other's graph holds this one's nodes, so that its names are others.
  package func absorb(_ other: GraphBuilder) {
    precondition(other.prefix != prefix, "names of two builders are apart")
    nodes += other.nodes
    initializers += other.initializers
  }
}

// MARK: - Constants

extension GraphBuilder {
  /// A float constant, in the element type of the values it meets.
  package func constant(_ values: [Float], shape: [Int], type: ElementType = .float) -> Term {
    let stored = stored(
      ConstantKey(type: .float, shape: shape, bits: values.map { UInt64($0.bitPattern) })
    ) { TensorProto($0, shape: shape, floats: values) }
    let term = Term(name: stored, type: .float, builder: self)
    return type == .float ? term : term.cast(to: type)
  }

  /// A large float constant, which is not looked for among those already there.
  package func largeConstant(_ values: [Float], shape: [Int]) -> Term {
    count += 1
    let name = "\(prefix)constant_\(count)"
    initializers.append(TensorProto(name, shape: shape, floats: values))
    return term(name, type: .float)
  }

  /// A float scalar.
  package func scalar(_ value: Float, type: ElementType = .float) -> Term {
    constant([value], shape: [], type: type)
  }

  /// A constant list of int64 values.
  package func integers(_ values: [Int], shape: [Int]? = nil) -> Term {
    let shape = shape ?? [values.count]
    let bits = values.map { UInt64(bitPattern: Int64($0)) }
    let stored = stored(ConstantKey(type: .int64, shape: shape, bits: bits)) {
      TensorProto($0, shape: shape, int64s: values)
    }
    return Term(name: stored, type: .int64, builder: self)
  }

  private func stored(_ key: ConstantKey, make: (String) -> TensorProto) -> String {
    if let name = constants[key] { return name }
    count += 1
    let name = "\(prefix)constant_\(count)"
    initializers.append(make(name))
    constants[key] = name
    return name
  }
}

// MARK: - The finished model

extension GraphBuilder {
  /// A model with the written nodes after its own, and more inputs and outputs.
  ///
  /// The model's own nodes, weights and outputs stay as they are, so its outputs stay
  /// bit-identical.
  package func extending(
    _ model: ModelProto, inputs: [ValueInfoProto] = [], outputs: [Term]
  ) -> ModelProto {
    var model = model
    let (nodes, initializers) = needed(for: outputs)
    model.graph.node += nodes
    model.graph.initializer += initializers
    model.graph.input += inputs
    let known = Set(model.graph.output.map(\.name))
    var added: Set<String> = []
    for term in outputs where !known.contains(term.name) && added.insert(term.name).inserted {
      model.graph.output.append(ValueInfoProto(term.name, type: term.type, shape: nil))
    }
    // Operator sets before IR 4 want every initializer among the inputs; later ones do not.
    if model.irVersion < 4 {
      model.graph.input += initializers.map {
        ValueInfoProto($0.name, type: $0.elementType, shape: $0.shape)
      }
    }
    return model
  }
}

extension GraphBuilder {
  /// What of the written nodes, of those that only spell integer operators out, and of the
  /// constants some outputs need: the runtime would run the rest.
  private func needed(for outputs: [Term]) -> ([NodeProto], [TensorProto]) {
    var names = Set(outputs.map(\.name))
    var kept: [NodeProto] = []
    for node in (graph.unrunNodes + nodes).reversed()
    where node.output.contains(where: names.contains) {
      names.formUnion(node.allInputs)
      kept.append(node)
    }
    return (kept.reversed(), initializers.filter { names.contains($0.name) })
  }
}

extension ValueInfoProto {
  /// Declares a tensor; an open side is -1, a nil shape is left open altogether.
  package init(_ name: String, type: ElementType, shape: [Int]?) {
    self.init()
    self.name = name
    self.type.tensorType.elemType = type.rawValue
    guard let shape else { return }
    self.type.tensorType.shape = TensorShapeProto()
    self.type.tensorType.shape.dim = shape.map { side in
      var dimension = TensorShapeProto.Dimension()
      if side >= 0 { dimension.dimValue = Int64(side) }
      return dimension
    }
  }
}
