import ONNXFormat

/// A graph whose end, where only the first few tokens still act on the target, is written for those
/// tokens alone.
///
/// Behind the last attention of a model with a class token the gradient is zero at all others.
/// Differentiating the graph as it stands would take those zeros through a whole layer of matrix
/// products.  Here each such node has a twin for the live tokens, which only differentiation sees:
/// no twin runs, because its value is cut out of the one that the model computes anyway.
package struct LiveRows {
  /// The graph to differentiate.
  package let graph: Graph
  /// Values with twins: they do not lead to the target in this graph as they do in the model's.
  package let narrowed: Set<String>

  /// Writes the end of a graph for its live tokens; nil where all are live, or nothing is gained.
  package init?(of graph: Graph, from source: String, to target: String) {
    let path = FloatPath(in: graph, from: source, to: target)
    var writer = Writer(graph, path, Liveness(of: path, to: target, in: graph))
    writer.write()
    guard writer.isRewired else { return nil }
    narrowed = Set(writer.twins.keys)
    self.graph = Graph(
      graph, nodes: writer.nodes, unrun: writer.cuts, facts: writer.facts)
  }

  /// The first positions of an axis.
  fileprivate struct Rows: Hashable {
    let axis: Int
    let count: Int
    let side: Int

    var region: LiveRegion { LiveRegion([axis: .init(range: 0..<count, side: side)]) }
  }
}

// MARK: - What is narrowed

extension LiveRows.Rows {
  /// The live positions of a value, where they are the first few along an axis behind the first.
  init?(_ region: LiveRegion?, of shape: Shape?) {
    guard let region, let shape else { return nil }
    let found = region.axes.filter { axis, span in
      axis > 0 && axis < shape.count && span.inner == 1 && span.range.lowerBound == 0
        && !span.range.isEmpty && 4 * span.range.count <= span.side
        && shape[axis] == .fixed(span.side)
    }
    guard let (axis, span) = found.min(by: { $0.key < $1.key }) else { return nil }
    self.init(axis: axis, count: span.range.count, side: span.side)
  }
}

extension LiveRows {
  /// Operators whose positions stay apart, whichever input they come from.
  private static let elementwise: Set<String> = [
    "Relu", "LeakyRelu", "Elu", "Selu", "Celu", "Sigmoid", "HardSigmoid", "HardSwish", "Swish",
    "Mish", "Gelu", "Erf", "Tanh", "Softplus", "Softsign", "Clip", "Abs", "Sqrt", "Exp", "Log",
    "Neg", "Reciprocal", "Identity", "Cast", "Add", "Sub", "Mul", "Div", "Pow", "Sum",
  ]
  /// Operators of one input whose positions its row follows; other inputs say how.
  private static let followed: Set<String> = [
    "LayerNormalization", "RMSNormalization", "Softmax", "Transpose", "Reshape", "ReduceMean",
    "ReduceSum", "Dropout",
  ]

  /// The rows of each input that a node needs for rows of its output, nil for an input needed whole;
  /// nil where the node cannot be written for some rows.
  fileprivate static func needs(
    of node: NodeProto, for rows: Rows, in graph: Graph
  ) -> [Rows?]? {
    guard node.isStandard, node.output.dropFirst().allSatisfy(\.isEmpty),
      let rule = LivenessRules.table[node.opType]
    else { return nil }
    let isElementwise = elementwise.contains(node.opType)
    let isProduct = node.opType == "MatMul"
    guard isElementwise || isProduct || followed.contains(node.opType) else { return nil }
    var needs: [Rows?] = []
    for (place, name) in node.input.enumerated() {
      if name.isEmpty || !isElementwise && !isProduct && place > 0 {
        needs.append(nil)
        continue
      }
      guard let shape = graph.shape(of: name), let whole = graph.shape(of: node.output[0]) else {
        return nil
      }
      let question = LivenessQuestion(
        node: node, input: place, live: [rows.region], graph: graph)
      let own = rule(question).axes.first { _, span in
        span.inner == 1 && span.side == rows.side && span.range == 0..<rows.count
      }
      if let (axis, _) = own, axis > 0 || graph.initializers[name] != nil {
        needs.append(Rows(axis: axis, count: rows.count, side: rows.side))
        continue
      }
      // Needed whole: where it is repeated along the axis, or every row reads all of it.
      let aligned = rows.axis - (whole.count - shape.count)
      let isRepeated = aligned < 0 || shape[aligned] == .fixed(1)
      let isMixed = isProduct && rows.axis == whole.count - (place == 0 ? 1 : 2)
      guard own == nil, isMixed || isRepeated && (isElementwise || isProduct) else { return nil }
      needs.append(nil)
    }
    return needs
  }
}

// MARK: - Writing

extension LiveRows {
  private struct Writer {
    let graph: Graph
    let path: FloatPath
    let liveness: Liveness
    var nodes: [NodeProto] = []
    var cuts: [NodeProto] = []
    var facts: [String: ValueFacts] = [:]
    /// The twin of each value that has one.
    var twins: [String: (name: String, rows: Rows)] = [:]
    /// Whether the target is reached through a twin.
    var isRewired = false
    private var slices: [String: String] = [:]
    private let prefix: String

    init(_ graph: Graph, _ path: FloatPath, _ liveness: Liveness) {
      (self.graph, self.path, self.liveness) = (graph, path, liveness)
      var prefix = "rows/"
      let names = graph.facts.keys
      while names.contains(where: { $0.hasPrefix(prefix) }) { prefix = "_" + prefix }
      self.prefix = prefix
    }

    mutating func write() {
      let onPath = Set(path.nodes)
      for (index, node) in graph.nodes.enumerated() {
        guard onPath.contains(index) else {
          nodes.append(node)
          continue
        }
        nodes.append(rewired(node))
        guard let value = node.output(at: 0), !graph.quantizedValues.contains(value),
          let rows = Rows(liveness.region(of: value), of: graph.shape(of: value)),
          let needs = LiveRows.needs(of: node, for: rows, in: graph)
        else { continue }
        let inputs = zip(node.input, needs).map { name, rows in
          rows.map { self.rows($0, of: name) } ?? name
        }
        let name = cut(value, rows)
        nodes.append(
          NodeProto(node.opType, inputs, [name], name: name, attributes: node.attribute))
        twins[value] = (name, rows)
      }
    }

    /// A node that picks live positions by constants, reading the twin.
    private mutating func rewired(_ node: NodeProto) -> NodeProto {
      guard let value = node.input(at: 0), let (name, rows) = twins[value],
        LiveRows.picks(node, within: rows, rank: graph.shape(of: value)?.count ?? 0, graph)
      else { return node }
      isRewired = true
      var node = node
      node.input[0] = name
      return node
    }

    /// The name of some rows of a value: of its twin, or of a cut that is differentiated too.
    private mutating func rows(_ rows: Rows, of value: String) -> String {
      if let twin = twins[value], twin.rows == rows { return twin.name }
      let key = "\(value)/\(rows.axis)"
      if let known = slices[key] { return known }
      let name = cut(value, rows)
      if let node = cuts.last { nodes.append(node) }
      slices[key] = name
      return name
    }

    /// Cuts rows out of a value the model computes; only this runs.
    private mutating func cut(_ value: String, _ rows: Rows) -> String {
      let name = "\(prefix)\(value)/\(rows.axis)"
      var inputs = [value]
      var attributes: [AttributeProto] = []
      let ranges = [("starts", [0]), ("ends", [rows.count]), ("axes", [rows.axis])]
      for (label, values) in ranges {
        guard graph.opset >= 10 else {
          attributes.append(AttributeProto(label, values))
          continue
        }
        let constant = "\(prefix)\(label) \(values[0])"
        inputs.append(constant)
        guard facts[constant] == nil else { continue }
        facts[constant] = ValueFacts(
          type: .int64, shape: [.fixed(1)], integers: values.map { .fixed($0) })
        cuts.append(
          NodeProto(
            "Constant", [], [constant], name: constant,
            attributes: [
              AttributeProto("value", TensorProto(constant, shape: [1], int64s: values))
            ]))
      }
      cuts.append(NodeProto("Slice", inputs, [name], name: name, attributes: attributes))
      var shape = graph.shape(of: value)
      shape?[rows.axis] = .fixed(rows.count)
      facts[name] = ValueFacts(type: graph.elementType(of: value), shape: shape)
      return name
    }
  }

  /// Whether a node reads nothing but live rows, by positions that are the same in the twin.
  private static func picks(
    _ node: NodeProto, within rows: Rows, rank: Int, _ graph: Graph
  ) -> Bool {
    guard node.isStandard else { return false }
    let integers = { (place: Int) -> [Int]? in
      let contents = node.input(at: place).flatMap { graph.facts[$0]?.integers }
      let values = contents?.compactMap(\.value)
      return values?.count == contents?.count ? values : nil
    }
    let live = 0..<rows.count
    switch node.opType {
    case "Gather":
      guard Axes.place(node.int("axis") ?? 0, in: rank) == rows.axis else { return false }
      return integers(1)?.allSatisfy(live.contains) ?? false
    case "Slice":
      guard let starts = node.ints("starts") ?? integers(1),
        let ends = node.ints("ends") ?? integers(2)
      else { return false }
      let axes = node.ints("axes") ?? integers(3) ?? Array(starts.indices)
      let steps = integers(4) ?? Array(repeating: 1, count: starts.count)
      return zip(axes, starts.indices).contains { axis, place in
        Axes.place(axis, in: rank) == rows.axis && steps[place] > 0
          && live.contains(starts[place]) && (1...rows.count).contains(ends[place])
      }
    default: return false
    }
  }
}
