/// The values through which the input reaches the logits, and where they all pass one place.
package struct FloatPath: Sendable {
  /// Nodes on the path, in topological order.
  package let nodes: [Int]

  /// Values on the path: they depend on the source and the logits depend on them.
  package let values: Set<String>

  /// Values that every path passes, in order from the source to the logits, both included.
  package let cuts: [String]

  /// Finds the path from a source to a value.
  ///
  /// Only floating-point values carry it: what goes through a shape, an index or a comparison
  /// has no derivative.
  package init(in graph: Graph, from source: String, to target: String) {
    (nodes, values) = Self.marks(in: graph, from: [source], to: target)
    cuts = Self.cuts(of: nodes, in: graph, values: values, source: source, target: target)
  }

  /// The nodes, in order, and values that depend on any of the sources and that the target
  /// depends on.
  package static func marks(
    in graph: Graph, from sources: Set<String>, to target: String
  ) -> (nodes: [Int], values: Set<String>) {
    var reached = sources
    for node in graph.nodes where node.allInputs.contains(where: reached.contains) {
      for name in node.output where graph.facts[name]?.type?.isFloatingPoint ?? true {
        if !name.isEmpty { reached.insert(name) }
      }
    }
    var needed: Set<String> = [target]
    var kept: [Int] = []
    for index in graph.nodes.indices.reversed() {
      let node = graph.nodes[index]
      guard node.output.contains(where: { needed.contains($0) && reached.contains($0) }) else {
        continue
      }
      let inputs = node.allInputs
      guard inputs.contains(where: reached.contains) else { continue }
      needed.formUnion(inputs)
      kept.append(index)
    }
    return (kept.reversed(), reached.intersection(needed))
  }

  /// Whether anything of the target depends on the source.
  package var isEmpty: Bool { cuts.isEmpty }

  /// Walks the nodes with the set of values still to be read: where it has one member, every
  /// path passes it.
  private static func cuts(
    of nodes: [Int], in graph: Graph, values: Set<String>, source: String, target: String
  ) -> [String] {
    guard values.contains(source), values.contains(target) else { return [] }
    if source == target { return [source] }
    var readersLeft: [String: Int] = [:]
    for index in nodes {
      for name in Set(graph.nodes[index].allInputs) where values.contains(name) {
        readersLeft[name, default: 0] += 1
      }
    }
    readersLeft[target, default: 0] += 1
    var open: Set<String> = [source]
    var cuts = [source]
    for index in nodes {
      let node = graph.nodes[index]
      for name in Set(node.allInputs) {
        guard let left = readersLeft[name] else { continue }
        readersLeft[name] = left - 1
        if left == 1 { open.remove(name) }
      }
      for name in node.output where (readersLeft[name] ?? 0) > 0 { open.insert(name) }
      if open.count == 1, let only = open.first, only != cuts.last { cuts.append(only) }
    }
    return cuts
  }
}
