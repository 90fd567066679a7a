package import Diagnostics
package import ONNXFormat
package import ONNXGraph

/// Writes the gradient of a value as nodes: reverse-mode differentiation as a graph
/// transformation.
///
/// Cotangents may stand for more targets than the model has images: where the model runs one
/// image, a cotangent [T, …] flows back for T targets at once, because every forward value has
/// first side 1 and broadcasts.
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
  ///   - cotangent: its cotangent, of its shape.
  /// - Returns: a cotangent for each value; one that the output does not depend on has none.
  /// - Throws: `DiagnosticError` naming the node where an operator on the way has no rule.
  package func cotangents(
    of values: [String], from output: String, cotangent: Term
  ) throws(DiagnosticError) -> [String: Term] {
    let marked = Self.marks(builder.graph, from: values, to: output)
    guard marked.contains(output) else { return [:] }
    var arrived: [String: [Term]] = [output: [cotangent]]
    for node in builder.graph.nodes.reversed() {
      let wanted = Set(node.input.indices.filter { marked.contains(node.input[$0]) })
      guard !wanted.isEmpty else { continue }
      let incoming = node.output.map { arrived[$0].flatMap(builder.sum) }
      guard incoming.contains(where: { $0 != nil }) else { continue }
      for (name, term) in zip(node.output, incoming) where arrived[name] != nil {
        arrived[name] = term.map { [$0] }
      }
      let context = PullbackContext(
        node: node, cotangents: incoming, wanted: wanted, builder: builder)
      for (index, dx) in try pull(back: context) where wanted.contains(index) {
        let name = node.input[index]
        arrived[name, default: []].append(unbroadcast(dx, from: node, to: name))
      }
    }
    return Dictionary(
      uniqueKeysWithValues: values.compactMap { value in
        arrived[value].flatMap(builder.sum).map { (value, $0) }
      })
  }

  /// The operators between values and an output that have no rule, with their nodes.
  package func unruled(from values: [String], to output: String) -> [NodeProto] {
    let marked = Self.marks(builder.graph, from: values, to: output)
    return builder.graph.nodes.filter { node in
      node.output.contains(where: marked.contains) && node.input.contains(where: marked.contains)
        && (!node.isStandard || rules[node.opType] == nil)
    }
  }

  private func pull(back context: PullbackContext) throws(DiagnosticError) -> [Int: Term] {
    let node = context.node
    guard node.isStandard, let rule = rules[node.opType] else {
      throw .noGradientRule(node, opset: context.opset)
    }
    guard case .pullback(let pullback) = rule.state else { return [:] }
    do {
      return try pullback(context)
    } catch {
      throw .refusedByRule(node, reason: error.reason)
    }
  }

  /// Sums a cotangent over the axes along which its value was broadcast.
  ///
  /// The value's own axes of side 1 that the result has wider, and axes the result has more.
  private func unbroadcast(_ dx: Term, from node: NodeProto, to name: String) -> Term {
    guard Self.broadcasting.contains(node.opType), let output = node.output(at: 0),
      let wide = builder.graph.shape(of: output), let narrow = builder.graph.shape(of: name),
      wide != narrow, wide.count >= narrow.count
    else { return dx }
    let extra = wide.count - narrow.count
    let stretched = narrow.indices.filter {
      narrow[$0] == .fixed(1) && wide[$0 + extra] != .fixed(1)
    }
    return dx.sum(Array(0..<extra) + stretched.map { $0 + extra }).squeezed(Array(0..<extra))
  }

  /// Operators whose inputs broadcast against each other.
  private static let broadcasting: Set<String> = [
    "Add", "Sub", "Mul", "Div", "Pow", "Mod", "Min", "Max", "Sum", "Mean", "Where", "PRelu",
    "Expand", "Gemm", "MatMul",
  ]

  /// The values that depend on `values` and that `output` depends on.
  private static func marks(
    _ graph: Graph, from values: [String], to output: String
  ) -> Set<String> {
    values.reduce(into: []) { marks, value in
      marks.formUnion(FloatPath(in: graph, from: value, to: output).values)
    }
  }
}
