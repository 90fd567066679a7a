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
  /// Only floating-point values and the integers that stand for them in a quantized model carry
  /// it: what goes through a shape, an index or a comparison has no derivative.
  ///
  /// - Parameter skipped: what nodes read that shall not count.
  package init(
    in graph: Graph, from source: String, to target: String,
    skipping skipped: Set<Liveness.Reading> = []
  ) {
    (nodes, values) = Self.marks(in: graph, from: [source], to: target, skipping: skipped)
    cuts = Self.cuts(
      of: nodes, in: graph, values: values, source: source, target: target, skipping: skipped)
  }

  /// The nodes, in order, and values that depend on any of the sources and that the target
  /// depends on.
  package static func marks(
    in graph: Graph, from sources: Set<String>, to target: String,
    skipping skipped: Set<Liveness.Reading> = []
  ) -> (nodes: [Int], values: Set<String>) {
    var reached = sources
    let inputs = graph.nodes.indices.map { index in
      skipped.isEmpty
        ? graph.nodes[index].allInputs
        : graph.nodes[index].allInputs.filter {
          !skipped.contains(Liveness.Reading(node: index, value: $0))
        }
    }
    for (index, node) in graph.nodes.enumerated()
    where inputs[index].contains(where: reached.contains) {
      for name in node.output where !name.isEmpty && graph.carriesGradient(name, of: node) {
        reached.insert(name)
      }
    }
    var needed: Set<String> = [target]
    var kept: [Int] = []
    for index in graph.nodes.indices.reversed() {
      let node = graph.nodes[index]
      guard node.output.contains(where: { needed.contains($0) && reached.contains($0) }) else {
        continue
      }
      guard inputs[index].contains(where: reached.contains) else { continue }
      needed.formUnion(inputs[index])
      kept.append(index)
    }
    return (kept.reversed(), reached.intersection(needed))
  }

  /// Whether anything of the target depends on the source.
  package var isEmpty: Bool { cuts.isEmpty }

  /// Walks the nodes with the set of values still to be read: where it has one member, every
  /// path passes it.
  private static func cuts(
    of nodes: [Int], in graph: Graph, values: Set<String>, source: String, target: String,
    skipping skipped: Set<Liveness.Reading>
  ) -> [String] {
    guard values.contains(source), values.contains(target) else { return [] }
    if source == target { return [source] }
    var readersLeft: [String: Int] = [:]
    func read(_ index: Int) -> Set<String> {
      Set(
        graph.nodes[index].allInputs.filter {
          values.contains($0) && !skipped.contains(Liveness.Reading(node: index, value: $0))
        })
    }
    for index in nodes {
      for name in read(index) { readersLeft[name, default: 0] += 1 }
    }
    readersLeft[target, default: 0] += 1
    var open: Set<String> = [source]
    var cuts = [source]
    for index in nodes {
      let node = graph.nodes[index]
      for name in read(index) {
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

extension Graph {
  /// Whether a value is a target or has a gradient of it.
  package func leads(from value: String, to target: String) -> Bool {
    FloatPath.marks(in: self, from: [value], to: target).values.contains(target)
  }
}
