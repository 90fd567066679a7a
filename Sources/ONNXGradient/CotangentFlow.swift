import Diagnostics
import ONNXFormat
import ONNXGraph

/// Cotangents on their way back through a graph, node by node, last node first.
///
/// Knows no operator: a rule gives the cotangents of a node's inputs; here those that meet at a
/// value are added and those of a broadcast value summed.
struct CotangentFlow {
  private let builder: GraphBuilder
  private let rules: RuleTable
  /// The values that lie on the way.
  private let marked: Set<String>
  /// What has arrived at each value so far.
  private var arrived: [String: [Term]]
  /// Values whose cotangent cannot be known.
  private var blocked: Set<String> = []

  /// Starts at one value with its cotangent.
  init(
    writingTo builder: GraphBuilder, rules: RuleTable, marked: Set<String>, from output: String,
    cotangent: Term
  ) {
    self.builder = builder
    self.rules = rules
    self.marked = marked
    arrived = [output: [cotangent]]
  }

  /// The cotangent that arrived at a value; nil where none did or it cannot be known.
  func cotangent(of value: String) -> Term? {
    blocked.contains(value) ? nil : arrived[value].flatMap(builder.sum)
  }

  /// Takes the cotangents of a node's outputs to its inputs.
  mutating func pass(_ node: NodeProto) throws(DiagnosticError) {
    let read = node.allInputs.filter(marked.contains)
    guard !read.isEmpty else { return }
    guard !node.output.contains(where: blocked.contains) else { return block(node) }
    let incoming = node.output.map(cotangent(of:))
    guard incoming.contains(where: { $0 != nil }) else { return }
    guard let rule = rules[node] else {
      throw .noGradientRule(node, opset: builder.opset)
    }
    guard case .pullback(let pullback) = rule.state else { return }
    let wanted = Set(
      node.input.indices.filter { marked.contains(node.input[$0]) && !isEmpty(node.input[$0]) })
    let context = PullbackContext(
      node: node, cotangents: incoming, wanted: wanted, builder: builder)
    do {
      let dx = try pullback(context)
      // In the order of the inputs, so that the same graph is written each time.
      for index in wanted.sorted() {
        guard var term = dx[index] else { continue }
        if rule.broadcasts {
          term = try context.summed(term, of: try context.outputShape(), to: index)
        }
        arrived[node.input[index], default: []].append(term)
      }
    } catch {
      throw .refusedByRule(node, reason: error.reason)
    }
  }

  /// Whether a value has no elements, such as the slice of no tokens before the patches: nothing
  /// flows through it.
  func isEmpty(_ value: String) -> Bool {
    builder.graph.shape(of: value)?.contains(.fixed(0)) ?? false
  }

  /// Gives up the cotangents of what a node reads, and so of all before it.
  mutating func block(_ node: NodeProto) {
    blocked.formUnion(node.allInputs.filter(marked.contains))
  }
}

// MARK: - Broadcasting

extension PullbackContext {
  /// Sums a cotangent over the axes along which an input was broadcast to a shape: its own axes
  /// of side 1 that are wider there, and axes the shape has more.
  func summed(_ dx: Term, of wide: Shape, to index: Int) throws(RuleRefusal) -> Term {
    let narrow = try shape(index)
    let extra = wide.count - narrow.count
    guard extra >= 0 else { throw RuleRefusal("its shapes contradict each other") }
    var axes = Array(0..<extra)
    for (axis, side) in narrow.enumerated() where side != wide[axis + extra] || side == .unknown {
      guard side != .unknown || isOnlyWide(index, fromEnd: narrow.count - axis) else {
        throw RuleRefusal("side \(axis) of its input \(index) is not known")
      }
      if side == .fixed(1) { axes.append(axis + extra) }
    }
    return dx.sum(axes).squeezed(Array(0..<extra))
  }

  /// Whether every other input has side 1, or nothing, at an axis counted from the end.
  private func isOnlyWide(_ index: Int, fromEnd place: Int) -> Bool {
    node.input.indices.allSatisfy { other in
      guard other != index, let name = node.input(at: other) else { return true }
      guard let shape = graph.shape(of: name) else { return false }
      return shape.count < place || shape[shape.count - place] == .fixed(1)
    }
  }
}
