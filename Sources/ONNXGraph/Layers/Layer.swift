import ONNXFormat

/// A value on the path from input to logits that a person could choose to look at.
package struct GraphLayer: Hashable, Sendable {
  /// The name people know: the outermost module path whose output this is, else the node's or
  /// value's own name.
  package let name: String
  /// Every other name that means this layer.
  package let aliases: [String]
  /// The value in the graph.
  package let value: String
  /// The operator that makes it, or `Input`.
  package let operatorName: String
  /// Its size, and how it is brought into order.
  package let map: FeatureMap
  /// Whether every path from the input to the logits passes it.
  package let isCut: Bool
}

/// The layers of a graph and the names that reach them.
package struct LayerList: Sendable {
  /// Spatial layers from the input to the logits; the input itself is the first.
  package let layers: [GraphLayer]
  /// Where the default layer stands, if there is one.
  package let defaultIndex: Int?

  let modules: ModuleTree
  let indexByValue: [String: Int]

  /// Lists the layers on a path.
  package init(of graph: Graph, on path: FloatPath, input: String) {
    let modules = ModuleTree(graph, path)
    let cuts = Set(path.cuts)
    var layers: [GraphLayer] = []
    let nodeValues = path.nodes.flatMap { index in
      graph.nodes[index].output.filter(path.values.contains).map { ($0, graph.nodes[index]) }
    }
    func add(_ value: String, _ node: NodeProto?) {
      guard let map = graph.facts[value]?.featureMap else { return }
      let paths = node == nil ? ["input"] : modules.paths(endingAt: value)
      // A node of several outputs lends its name to the first.
      let own = node.map { $0.name.isEmpty || $0.output.first != value ? [] : [$0.name] } ?? []
      let names = (paths + own + [value]).reduce(into: [String]()) { names, name in
        if !names.contains(name) { names.append(name) }
      }
      layers.append(
        GraphLayer(
          name: names[0], aliases: Array(names.dropFirst()), value: value,
          operatorName: node?.opType ?? "Input", map: map, isCut: cuts.contains(value)))
    }
    if path.values.contains(input) { add(input, nil) }
    for (value, node) in nodeValues { add(value, node) }
    self.layers = layers
    self.modules = modules
    indexByValue = Dictionary(
      layers.enumerated().map { ($1.value, $0) }, uniquingKeysWith: { first, _ in first })
    defaultIndex = Self.defaultIndex(layers, graph)
  }

  /// The last feature map that every path passes, taken before a trailing average pooling, which
  /// only blurs it, and before operators that leave it as it is.
  private static func defaultIndex(_ layers: [GraphLayer], _ graph: Graph) -> Int? {
    let candidates = layers.indices.filter {
      layers[$0].isCut && layers[$0].operatorName != "Input"
    }
    let passive: Set<String> = ["AveragePool", "Identity", "Dropout", "Cast", "Pad", "Transpose"]
    return candidates.last { !passive.contains(layers[$0].operatorName) } ?? candidates.last
  }
}
