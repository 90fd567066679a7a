package import ONNXFormat

/// The part of a model that leads from a value to another, such as from a layer to the logits.
///
/// What it reads from beside that way is fed, with as many images as the value has: what a run of
/// one image gave, repeated.  So a layer's numbers can be changed and the rest run again without
/// what comes before.
package struct GraphPart: Sendable {
  /// The value it starts from.
  package let start: String
  /// The value it leads to.
  package let end: String
  /// The nodes that depend on the start and lead to the end, and those that make their constants.
  package let nodes: [NodeProto]
  /// The model's other inputs that the nodes read.
  package let inputs: [String]
  /// What else the nodes read, by name.
  package let beside: [Beside]

  /// A value that is made beside the way.
  package struct Beside: Hashable, Sendable {
    package let name: String
    package let source: Source
  }

  /// Where a value beside the way comes from.
  package enum Source: Hashable, Sendable {
    /// A run of the whole model; repeated along an axis where it grows with the batch.
    case run(batchAxis: Int?)
    /// Sides of values, known for every batch.
    case sides([Dimension])
  }

  /// Whether several images can run at once: nothing that is fed is tied to one.
  package let servesSeveralImages: Bool

  /// Finds the part; nil where the end does not depend on the start.
  ///
  /// - Parameters:
  ///   - image: the input that is fed the photo.
  ///   - graph: what is known of the model's values.
  package init?(
    from start: String, to end: String, of model: ModelProto, image: String, in graph: Graph
  ) {
    let nodes = Graph.sorted(model.graph.node)
    let reading = nodes.map(\.allInputs)
    let stored = Set(model.graph.initializer.map(\.name))
    let declared = Set(model.graph.input.map(\.name))
    // What depends on the other inputs alone is made of them, like a constant.
    var (dependent, constant) = (Set([start]), stored.union(declared.subtracting([image])))
    for (node, inputs) in zip(nodes, reading) {
      if inputs.contains(where: dependent.contains) {
        dependent.formUnion(node.output)
      } else if inputs.allSatisfy(constant.contains) {
        constant.formUnion(node.output)
      }
    }
    guard start == end || dependent.contains(end) else { return nil }
    var needed = Set([end])
    var kept: [Int] = []
    for place in nodes.indices.reversed() {
      let made = nodes[place].output
      guard made.contains(where: needed.contains), !made.contains(start),
        made.contains(where: { dependent.contains($0) || constant.contains($0) })
      else { continue }
      kept.append(place)
      needed.formUnion(reading[place])
    }
    self.nodes = kept.reversed().map { nodes[$0] }
    (self.start, self.end) = (start, end)
    let made = Set(self.nodes.flatMap(\.output)).union(stored).union([start, ""])
    let rest = needed.subtracting(made).sorted()
    inputs = rest.filter { declared.contains($0) && $0 != image && $0 != start }
    let other = Set(inputs)
    beside = rest.filter { !other.contains($0) }.map {
      Beside(name: $0, source: Self.source(graph.facts[$0]))
    }
    let isOpen = { (name: String) in graph.shape(of: name)?.first == .batch(1) }
    servesSeveralImages =
      graph.shape(of: start)?.filter(\.isBatch) == [.batch(1)] && isOpen(end)
      && beside.allSatisfy { Self.growsWithBatch(graph.facts[$0.name]) }
  }

  /// The values that a run of the whole model gives to start from.
  package var runValues: [String] {
    [start]
      + beside.compactMap { if case .run = $0.source { $0.name } else { nil } }
  }

  /// Where a value comes from, as far as is known of it.
  private static func source(_ facts: ValueFacts?) -> Source {
    if let sides = facts?.integers, sides.allSatisfy({ $0 != .unknown }) { return .sides(sides) }
    let axis = facts?.shape?.firstIndex(where: \.isBatch)
    return .run(batchAxis: axis)
  }

  /// Whether a value for several images follows from that for one.
  private static func growsWithBatch(_ facts: ValueFacts?) -> Bool {
    guard let facts, let shape = facts.shape else { return false }
    if case .sides = source(facts) { return true }
    let open = shape.filter { $0.value == nil }
    if open.isEmpty { return facts.type == .bool || facts.type?.isFloatingPoint == true }
    return facts.type?.isFloatingPoint == true && open == [.batch(1)]
  }
}
