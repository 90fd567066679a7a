import ONNXFormat

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
    let liveness = path.cuts.last.map { Liveness(of: path, to: $0, in: graph) }
    var layers: [GraphLayer] = []
    let nodeValues = path.nodes.flatMap { index in
      graph.nodes[index].output.filter {
        path.values.contains($0) && !graph.hiddenValues.contains($0)
      }.map { ($0, graph.nodes[index]) }
    }
    func add(_ value: String, _ node: NodeProto?) {
      guard let map = graph.facts[value]?.featureMap else { return }
      let paths = node == nil ? ["input"] : modules.paths(endingAt: value)
      // A node of several outputs lends its name to the first.
      let own = node.map { $0.name.isEmpty || $0.output.first != value ? [] : [$0.name] } ?? []
      // The integers that this layer is the real numbers of are known by their name too.
      let whole = node?.opType == "DequantizeLinear" ? node?.input(at: 0) : nil
      let every = paths + own + [value] + [whole].compactMap(\.self)
      let names = every.reduce(into: [String]()) { names, name in
        if !names.contains(name) { names.append(name) }
      }
      layers.append(
        GraphLayer(
          name: names[0], aliases: Array(names.dropFirst()), value: value,
          operatorName: node?.opType ?? "Input", map: map, isCut: cuts.contains(value),
          isLive: liveness?.reaches(map, of: value) ?? true))
    }
    if path.values.contains(input) { add(input, nil) }
    for (value, node) in nodeValues { add(value, node) }
    self.layers = layers
    self.modules = modules
    indexByValue = Dictionary(
      layers.enumerated().map { ($1.value, $0) }, uniquingKeysWith: { first, _ in first })
    let choice = DefaultLayer(layers, indexByValue, graph, path)
    defaultIndex = liveness.flatMap { choice.index(input: input, liveness: $0) }
  }
}
