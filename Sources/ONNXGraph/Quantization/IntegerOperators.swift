import ONNXFormat

/// The integer operators of a quantized model, spelled out in operators that have a gradient: a
/// convolution of integers as DequantizeLinear, Conv, QuantizeLinear.
///
/// Differentiation reads the spelling; the model still runs its own node.  Of the spelling only
/// what a gradient reads is written, such as the real numbers of a weight, which the runtime
/// folds.
struct IntegerOperators {
  /// The nodes with spellings in place of integer operators.
  private(set) var nodes: [NodeProto] = []
  /// The nodes of the spellings, without those that make the model's own values.
  private(set) var added: [NodeProto] = []
  /// Values between the real numbers read and the integers made.
  private(set) var hidden: Set<String> = []
  /// The integers made by a spelling.
  private(set) var integers: Set<String> = []

  private var opset: Int
  private var constants: [String: TensorProto]
  private var taken: Set<String> = []
  /// The last number given to names of one stem.
  private var numbers: [String: Int] = [:]
  private var realNames: [[String]: String] = [:]
  private var labels: [String: String] = [:]

  /// Spells out what can be; other nodes stay as they are.
  init(in nodes: [NodeProto], of graph: GraphProto, opset: Int) {
    self.opset = opset
    guard nodes.contains(where: { Self.spelling(of: $0) != nil }) else {
      constants = [:]
      self.nodes = nodes
      return
    }
    constants = Dictionary(
      graph.initializer.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    taken = Set(nodes.flatMap(\.output) + graph.initializer.map(\.name) + graph.input.map(\.name))
    for node in nodes {
      let before = self
      guard let spelling = Self.spelling(of: node), spelling(&self, node) else {
        // What a spelling that failed had begun is forgotten.
        self = before
        self.nodes.append(node)
        note(node)
        continue
      }
      note(node)
    }
  }

  private mutating func note(_ node: NodeProto) {
    for name in node.output where !node.name.isEmpty { labels[name] = node.name }
  }
}

// MARK: - Writing

extension IntegerOperators {
  /// How an operator is spelled; false where this use of it cannot be.
  typealias Spelling = @Sendable (inout IntegerOperators, NodeProto) -> Bool

  /// A name that nothing has.
  private mutating func fresh(_ stem: String) -> String {
    var name = stem
    while !taken.insert(name).inserted {
      numbers[stem, default: 1] += 1
      name = "\(stem)_\(numbers[stem, default: 1])"
    }
    return name
  }

  /// Writes a node whose result only the spelling knows.
  mutating func write(
    _ operatorName: String, _ inputs: [String], stem: String, name: String = "",
    attributes: [AttributeProto] = [], isHidden: Bool = true
  ) -> String {
    let output = fresh(stem)
    var node = NodeProto(operatorName, inputs, [output], name: name, attributes: attributes)
    nodes.append(node)
    // Written after the model's own nodes, it must not have the name of one.
    node.name = output
    added.append(node)
    if isHidden { hidden.insert(output) }
    return output
  }

  /// Writes the node that stands for the integers the model makes itself.
  mutating func finish(
    _ operatorName: String, _ inputs: [String], _ node: NodeProto,
    attributes: [AttributeProto] = []
  ) -> Bool {
    guard let output = node.output(at: 0) else { return false }
    nodes.append(NodeProto(operatorName, inputs, [output], name: node.name, attributes: attributes))
    integers.insert(output)
    return true
  }

  /// The real numbers that integers stand for, written once: (q − zero) · scale.
  ///
  /// - Parameters:
  ///   - place: where the integers stand in the node; scale and zero point follow unless given.
  ///   - axis: the axis of a scale for each channel.
  mutating func real(
    _ node: NodeProto, _ place: Int, scale: Int? = nil, zero: Int? = nil, axis: Int = 0
  ) -> String? {
    guard let value = node.input(at: place), let scale = node.input(at: scale ?? place + 1) else {
      return nil
    }
    let zero = node.input(at: zero ?? place + 2) ?? ""
    let key = [value, scale, zero, String(axis)]
    if let known = realNames[key] { return known }
    var attributes: [AttributeProto] = []
    let isScalar = constants[scale].map { ($0.elementCount ?? 2) == 1 } ?? true
    if !isScalar {
      guard opset >= 13 else { return nil }
      attributes = [AttributeProto("axis", axis)]
    }
    let name = write(
      "DequantizeLinear", zero.isEmpty ? [value, scale] : [value, scale, zero],
      stem: value + "/real", name: labels[value] ?? "", attributes: attributes, isHidden: false)
    realNames[key] = name
    return name
  }

  /// Quantizes a result of the spelling to the model's own integers.
  mutating func quantize(_ result: String, _ node: NodeProto, scale: Int) -> Bool {
    guard let step = node.input(at: scale) else { return false }
    let zero = node.input(at: scale + 1)
    return finish("QuantizeLinear", [result, step] + (zero.map { [$0] } ?? []), node)
  }

  /// Integers as float32 less their zero point, without a scale.
  mutating func shifted(_ node: NodeProto, _ place: Int, zero: Int, channelAxes: Int = 0) -> String?
  {
    guard let value = node.input(at: place) else { return nil }
    let cast = { (name: String) in [AttributeProto("to", Int(ElementType.float.rawValue))] }
    let wide = write("Cast", [value], stem: value + "/float", attributes: cast(value))
    guard let zero = node.input(at: zero) else { return wide }
    var level = write("Cast", [zero], stem: zero + "/float", attributes: cast(zero))
    // A zero point for each output channel stands along the weight's first axis.
    if let stored = constants[zero], stored.shape.count == 1, stored.shape != [1], channelAxes > 0 {
      let shape = TensorProto(
        "", shape: [channelAxes], int64s: [-1] + Array(repeating: 1, count: channelAxes - 1))
      let sides = write(
        "Constant", [], stem: zero + "/sides",
        attributes: [
          AttributeProto("value", shape)
        ])
      level = write("Reshape", [level, sides], stem: zero + "/column")
    }
    return write("Sub", [wide, level], stem: value + "/shifted")
  }

  /// Reads a node otherwise than the model writes it.
  mutating func replace(_ node: NodeProto, with change: (inout NodeProto) -> Void) {
    var changed = node
    change(&changed)
    nodes.append(changed)
  }

  /// The number of axes of a stored tensor.
  func rank(of name: String?) -> Int? { name.flatMap { constants[$0]?.shape.count } }
}
