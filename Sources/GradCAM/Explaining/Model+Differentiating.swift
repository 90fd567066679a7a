import ONNXGraph

extension Model {
  /// The graph that a method's gradients are written after: with its end written for the tokens that
  /// still act on the logits, where that leaves alone what is asked for.
  func graphToDifferentiate(by method: Method?, at layers: [Layer]) -> Graph {
    // A method that picks its own values picks them in the model's own graph.
    if case .graph = method?.procedure { return graph }
    guard let rows = LiveRows(of: graph, from: input.name, to: logits.source) else { return graph }
    let isWhole = (layers.map(\.valueName) + [input.name]).allSatisfy {
      !rows.narrowed.contains($0) && rows.graph.leads(from: $0, to: logits.source)
    }
    return isWhole ? rows.graph : graph
  }
}
