package import Diagnostics
package import ONNXFormat
package import ONNXGraph

/// Writes the gradient of a value as nodes: reverse-mode differentiation as a graph
/// transformation.
///
/// Cotangents may stand for more targets than the model has images: where the model runs one
/// image, a cotangent [T, …] flows back for T targets at once, because every forward value has
/// first side 1 and broadcasts.  ``servesSeveralTargets(of:from:)`` says where that holds.
package struct Gradient {
  private let builder: GraphBuilder
  private let rules: RuleTable

  /// Prepares to write with a table of rules.
  package init(writingTo builder: GraphBuilder, rules: RuleTable = .standard) {
    self.builder = builder
    self.rules = rules
  }

  /// The cotangents of values, given the cotangent of one they lead to.
  ///
  /// Walks back no further than the values asked for.
  ///
  /// - Parameters:
  ///   - values: the values to differentiate by.
  ///   - output: the value differentiated.
  ///   - cotangent: its cotangent, of its shape and ``ElementType/cotangentType``.
  /// - Returns: a cotangent for each value; one that the output does not depend on has none.
  /// - Throws: `DiagnosticError` naming the node where an operator on the way has no rule.
  package func cotangents(
    of values: [String], from output: String, cotangent: Term
  ) throws(DiagnosticError) -> [String: Term] {
    let marked = Self.marks(builder.graph, from: values, to: output)
    guard marked.contains(output) else { return [:] }
    var flow = CotangentFlow(
      writingTo: builder, rules: rules, marked: marked, from: output, cotangent: cotangent)
    do {
      for node in builder.graph.nodes.reversed() { try flow.pass(node) }
    } catch {
      // A rule may lack a shape only because an operator before it is not known.
      guard let unknown = unruled(marked).last else { throw error }
      throw .noGradientRule(unknown, opset: builder.opset)
    }
    return Dictionary(
      values.compactMap { value in flow.cotangent(of: value).map { (value, $0) } },
      uniquingKeysWith: { first, _ in first })
  }
}

// MARK: - Asking before writing

extension Gradient {
  /// The operators between values and an output that have no rule, with their nodes.
  package func unruled(from values: [String], to output: String) -> [NodeProto] {
    unruled(Self.marks(builder.graph, from: values, to: output))
  }

  private func unruled(_ marked: Set<String>) -> [NodeProto] {
    nodes(marked).filter { rules[$0] == nil }
  }

  /// The nodes that lead from some of the values marked to others.
  private func nodes(_ marked: Set<String>) -> [NodeProto] {
    builder.graph.nodes.filter { node in
      node.output.contains(where: marked.contains)
        && node.allInputs.contains(where: marked.contains)
    }
  }

  /// The nodes between values and an output that Guided backpropagation and Deconvnet treat.
  package func rectifiers(from values: [String], to output: String) -> [NodeProto] {
    nodes(Self.marks(builder.graph, from: values, to: output)).filter { node in
      Rectifier(PullbackContext(node: node, cotangents: [], wanted: [], builder: builder)) != nil
    }
  }

  /// Whether the cotangents of several targets may flow back at once where the model runs one
  /// image: each value on the way must have a row for each image first, or be regrouped only.
  ///
  /// Values of another order, such as attention's tokens before batch, would mix the targets.
  package func servesSeveralTargets(of values: [String], from output: String) -> Bool {
    let graph = builder.graph
    let marked = Self.marks(graph, from: values, to: output)
    let mixes = graph.nodes.contains { node in
      rules[node]?.mixesRows == true && node.output.contains(where: marked.contains)
        && node.input.contains(where: marked.contains)
    }
    return !mixes
      && marked.allSatisfy { value in
        let first = graph.shape(of: value)?.first
        if first == .batch(1) || first == .fixed(1) { return true }
        let around = (graph.consumers[value] ?? []) + [graph.producers[value]].compactMap(\.self)
        let nodes = around.map { graph.nodes[$0] }.filter {
          $0.output.contains(where: marked.contains)
        }
        // An axis that is the batch alone holds the targets as well as the first one.
        if graph.facts[value]?.arrangement?.axes.contains([.batch(.batch(1))]) == true {
          return nodes.allSatisfy { rules[$0]?.movesBatch == true }
        }
        return first?.isBatch == true && nodes.allSatisfy { rules[$0]?.keepsOrder == true }
      }
  }

  /// The first layer after a layer, in the order of the path, whose gradient can be written; nil
  /// where there is none.
  ///
  /// - Parameters:
  ///   - layer: a layer whose own gradient is refused.
  ///   - list: the layers to choose among.
  ///   - logits: the value differentiated.
  ///   - graph: the graph they all stand in.
  package static func nearestExplainable(
    after layer: GraphLayer, in list: LayerList, to logits: String, graph: Graph,
    rules: RuleTable = .standard
  ) -> GraphLayer? {
    guard let start = list.layers.firstIndex(of: layer) else { return nil }
    let builder = GraphBuilder(after: graph)
    var flow = CotangentFlow(
      writingTo: builder, rules: rules, marked: marks(graph, from: [layer.value], to: logits),
      from: logits, cotangent: builder.read(logits))
    for node in graph.nodes.reversed() {
      do { try flow.pass(node) } catch { flow.block(node) }
    }
    return list.layers[(start + 1)...].first { flow.cotangent(of: $0.value) != nil }
  }

  /// The values that depend on `values` and that `output` depends on.
  private static func marks(
    _ graph: Graph, from values: [String], to output: String
  ) -> Set<String> {
    FloatPath.marks(in: graph, from: Set(values), to: output).values
  }
}
