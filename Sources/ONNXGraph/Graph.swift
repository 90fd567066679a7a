package import ONNXFormat

/// A model's graph with its wiring: who makes each value, who reads it, and what is known of it.
///
/// Nodes stand in topological order; names are as in the file.  A graph is a value and never
/// changes: passes make new ones.
package struct Graph: Sendable {
  /// The nodes, each after the makers of its inputs.
  package let nodes: [NodeProto]

  /// The weights and constants stored in the model, by name.
  package let initializers: [String: TensorProto]

  /// What must be fed: the graph's inputs that are no initializers.
  package let inputs: [ValueInfoProto]

  /// The graph's outputs.
  package let outputs: [ValueInfoProto]

  /// The version of the standard operator set.
  package let opset: Int

  /// The node that makes each value.
  package let producers: [String: Int]

  /// The nodes that read each value, in order; a node that reads it twice stands once.
  package let consumers: [String: [Int]]

  /// Type, shape and small integer contents of each value, as far as they could be inferred.
  package let facts: [String: ValueFacts]

  /// The nodes that spell out integer operators of the model in operators that have a gradient;
  /// the model runs the integer operators themselves.
  package let unrunNodes: [NodeProto]

  /// Values within such a spelling, which are no layers.
  package let hiddenValues: Set<String>

  /// The integers that stand for real numbers: results of quantization and what is computed of
  /// them.
  package let quantizedValues: Set<String>

  /// Wires up a model's graph and infers the facts of its values.
  ///
  /// - Parameter inputShapes: shapes to assume for inputs, by name, where the model leaves a
  ///   side open; -1 keeps what the model says.
  /// - Parameter channelsLast: the inputs with channels last, if that is known; else the shape
  ///   must tell.
  package init(
    _ model: ModelProto, inputShapes: [String: [Int]] = [:], channelsLast: Set<String>? = nil
  ) {
    let graph = model.graph
    initializers = Dictionary(
      graph.initializer.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let stored = initializers
    inputs = graph.input.filter { stored[$0.name] == nil }
    outputs = graph.output
    let standard = model.opsetImport.first { $0.domain.isEmpty || $0.domain == "ai.onnx" }
    opset = standard.map { Int($0.version) } ?? 1
    let spelled = IntegerOperators(in: Self.sorted(graph.node), of: graph, opset: opset)
    nodes = spelled.nodes
    unrunNodes = spelled.added
    hiddenValues = spelled.hidden
    (producers, consumers) = Self.wiring(of: nodes)
    facts = ShapeInference.facts(
      nodes: nodes, inputs: inputs, initializers: initializers,
      declared: graph.valueInfo + graph.output,
      opset: opset, inputShapes: inputShapes, channelsLast: channelsLast)
    quantizedValues = Self.quantizedValues(
      nodes: nodes, inputs: inputs, facts: facts, made: spelled.integers)
  }

  private init(_ other: Graph, facts: [String: ValueFacts]) {
    nodes = other.nodes
    initializers = other.initializers
    inputs = other.inputs
    outputs = other.outputs
    opset = other.opset
    producers = other.producers
    consumers = other.consumers
    unrunNodes = other.unrunNodes
    hiddenValues = other.hiddenValues
    quantizedValues = other.quantizedValues
    self.facts = facts
  }

  /// A graph with other nodes for differentiation, some of which only it needs to run, and facts of
  /// the values they make.
  init(_ other: Graph, nodes: [NodeProto], unrun: [NodeProto], facts: [String: ValueFacts]) {
    self.nodes = nodes
    initializers = other.initializers
    inputs = other.inputs
    outputs = other.outputs
    opset = other.opset
    (producers, consumers) = Self.wiring(of: nodes)
    unrunNodes = other.unrunNodes + unrun
    hiddenValues = other.hiddenValues.union(facts.keys)
    quantizedValues = other.quantizedValues
    self.facts = other.facts.merging(facts) { _, new in new }
  }

  /// The node that makes each value, and those that read it.
  private static func wiring(
    of nodes: [NodeProto]
  ) -> (producers: [String: Int], consumers: [String: [Int]]) {
    var producers: [String: Int] = [:]
    var consumers: [String: [Int]] = [:]
    for (index, node) in nodes.enumerated() {
      for name in node.output where !name.isEmpty { producers[name] = index }
      for name in Set(node.allInputs) { consumers[name, default: []].append(index) }
    }
    return (producers, consumers)
  }
}

// MARK: - Asking

extension Graph {
  /// The node that makes a value, or nil for an input or initializer.
  package func producer(of value: String) -> NodeProto? {
    producers[value].map { nodes[$0] }
  }

  /// The shape of a value, or nil where it is not known.
  package func shape(of value: String) -> Shape? { facts[value]?.shape }

  /// The element type of a value; float where it is not known.
  package func elementType(of value: String) -> ElementType { facts[value]?.type ?? .float }

  /// The contents of a small integer value at a batch size, where they follow from it.
  package func integers(of value: String, batch: Int) -> [Int]? {
    let sides = inputs.compactMap { input in
      facts[input.name]?.shape.map { (input.name, $0.map { $0.value ?? -1 }) }
    }
    let found = ShapeInference.facts(
      nodes: nodes, inputs: inputs, initializers: initializers, declared: [], opset: opset,
      inputShapes: Dictionary(sides, uniquingKeysWith: { first, _ in first }), batch: batch)
    let contents = found[value]?.integers
    let known = contents?.compactMap(\.value)
    return known?.count == contents?.count ? known : nil
  }

  /// The same graph with some facts in place of its own.
  func replacing(_ facts: [String: ValueFacts]) -> Graph {
    Graph(self, facts: self.facts.merging(facts) { _, new in new })
  }

  /// The same graph with more facts, such as shapes measured by running the model.
  package func adding(facts more: [String: ValueFacts]) -> Graph {
    Graph(self, facts: facts.merging(more) { old, new in old.filled(from: new) })
  }
}

// MARK: - Order

extension Graph {
  /// The nodes in topological order; those that already stand in order keep their places.
  ///
  /// The format demands the order but not every writer keeps it.  Nodes on a cycle, which no
  /// runtime accepts, are left at the end.
  package static func sorted(_ nodes: [NodeProto]) -> [NodeProto] {
    var maker: [String: Int] = [:]
    for (index, node) in nodes.enumerated() {
      for name in node.output where !name.isEmpty { maker[name] = index }
    }
    let inOrder = nodes.enumerated().allSatisfy { index, node in
      node.allInputs.allSatisfy { (maker[$0] ?? -1) < index }
    }
    if inOrder { return nodes }
    var waiting = nodes.map { node in Set(node.allInputs.compactMap { maker[$0] }).count }
    var readers: [Int: [Int]] = [:]
    for (index, node) in nodes.enumerated() {
      for source in Set(node.allInputs.compactMap { maker[$0] }) {
        readers[source, default: []].append(index)
      }
    }
    var order = nodes.indices.filter { waiting[$0] == 0 }
    var next = 0
    while next < order.count {
      for reader in readers[order[next]] ?? [] {
        waiting[reader] -= 1
        if waiting[reader] == 0 { order.append(reader) }
      }
      next += 1
    }
    let placed = Set(order)
    return (order + nodes.indices.filter { !placed.contains($0) }).map { nodes[$0] }
  }
}

extension NodeProto {
  /// The values a node reads: its inputs and, where it holds subgraphs, what they read from
  /// outside.
  package var allInputs: [String] {
    var names = input.filter { !$0.isEmpty }
    for attribute in attribute {
      for graph in (attribute.hasG ? [attribute.g] : []) + attribute.graphs {
        names += graph.captured
      }
    }
    return names
  }
}

extension GraphProto {
  /// The names a subgraph reads from the graph around it.
  fileprivate var captured: [String] {
    var known = Set(input.map(\.name) + initializer.map(\.name))
    var outside: [String] = []
    for node in node {
      outside += node.allInputs.filter { !known.contains($0) }
      known.formUnion(node.output)
    }
    outside += output.map(\.name).filter { !known.contains($0) }
    return outside
  }
}
