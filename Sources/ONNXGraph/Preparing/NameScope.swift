import ONNXFormat

/// The names that a model uses, so that what is copied into its graph gets names of its own.
struct NameScope {
  private var uses: [String: Int] = [:]
  /// The last number given to names of one wish, so that many like wishes are soon granted.
  private var numbers: [String: Int] = [:]

  /// The names of a graph and of all graphs within.
  init(of graph: GraphProto) { note(graph) }

  /// A name like the one wished for that nothing has yet.
  mutating func fresh(_ wish: String) -> String {
    var name = wish
    while uses[name] != nil {
      numbers[wish, default: 1] += 1
      name = "\(wish)_\(numbers[wish, default: 1])"
    }
    uses[name] = 1
    return name
  }

  /// The name itself where just one thing has it, which is to have it on; else a fresh one.
  mutating func kept(_ name: String) -> String {
    uses[name] == 1 ? name : fresh(name)
  }

  private mutating func note(_ graph: GraphProto) {
    let inputs = Set(graph.input.map(\.name))
    // An initializer that is an input too is one value.
    for name in inputs.union(graph.initializer.map(\.name)) { uses[name, default: 0] += 1 }
    for node in graph.node {
      for name in node.output where !name.isEmpty { uses[name, default: 0] += 1 }
      // Nodes have names of their own, but what is copied shares one list.
      if !node.name.isEmpty, !node.output.contains(node.name) { uses[node.name, default: 0] += 1 }
      for inner in node.subgraphs { note(inner) }
    }
  }
}

extension NodeProto {
  /// The graphs that a node's attributes hold.
  var subgraphs: [GraphProto] {
    attribute.flatMap { ($0.hasG ? [$0.g] : []) + $0.graphs }
  }

  /// Changes the graphs that the node's attributes hold.
  mutating func updateSubgraphs<E: Error>(_ body: (inout GraphProto) throws(E) -> Void) throws(E) {
    for index in attribute.indices {
      if attribute[index].hasG { try body(&attribute[index].g) }
      for inner in attribute[index].graphs.indices { try body(&attribute[index].graphs[inner]) }
    }
  }

  /// Renames what the node reads and makes, and so in the graphs it holds.
  mutating func rename(_ names: [String: String]) {
    input = input.map { names[$0] ?? $0 }
    output = output.map { names[$0] ?? $0 }
    updateSubgraphs { graph in graph.rename(names) }
  }
}

extension GraphProto {
  /// Renames values throughout, also where they are only read.
  mutating func rename(_ names: [String: String]) {
    for index in node.indices { node[index].rename(names) }
    for index in initializer.indices {
      if let name = names[initializer[index].name] { initializer[index].name = name }
    }
    for index in input.indices {
      if let name = names[input[index].name] { input[index].name = name }
    }
    for index in output.indices {
      if let name = names[output[index].name] { output[index].name = name }
    }
    for index in valueInfo.indices {
      if let name = names[valueInfo[index].name] { valueInfo[index].name = name }
    }
  }

  /// The names that the graph and the graphs within make.
  var madeNames: [String] {
    input.map(\.name) + initializer.map(\.name) + node.flatMap(\.madeNames)
  }
}

extension NodeProto {
  /// The names that the node and the graphs it holds make.
  var madeNames: [String] {
    output.filter { !$0.isEmpty } + subgraphs.flatMap(\.madeNames)
  }
}
