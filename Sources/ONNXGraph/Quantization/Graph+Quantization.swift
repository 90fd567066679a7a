import ONNXFormat

extension Graph {
  /// Whether a value that a node makes may carry a gradient, by its type.
  ///
  /// The scale and zero point that a dynamic quantization measures are taken as constants.
  func carriesGradient(_ value: String, of node: NodeProto) -> Bool {
    if node.opType == "DynamicQuantizeLinear" { return value == node.output.first }
    return facts[value]?.type?.isFloatingPoint ?? true || quantizedValues.contains(value)
  }

  /// The integers that stand for real numbers: what quantization makes, images fed as bytes, and
  /// what nodes make of them in the same type or another integer type.
  static func quantizedValues(
    nodes: [NodeProto], inputs: [ValueInfoProto], facts: [String: ValueFacts], made: Set<String>
  ) -> Set<String> {
    let byteImages = inputs.map(\.name).filter {
      facts[$0]?.type == .uint8 || facts[$0]?.type == .int8
    }
    var values = made.union(byteImages)
    for node in nodes where node.isStandard {
      if node.opType == "QuantizeLinear" || node.opType == "DynamicQuantizeLinear" {
        if let name = node.output(at: 0) { values.insert(name) }
        continue
      }
      guard !indexing.contains(node.opType) else { continue }
      let types = Set(node.input.filter(values.contains).compactMap { facts[$0]?.type })
      guard !types.isEmpty else { continue }
      for name in node.output where !name.isEmpty {
        guard let type = facts[name]?.type, !type.isFloatingPoint, type != .bool else { continue }
        if types.contains(type) || node.opType == "Cast" { values.insert(name) }
      }
    }
    return values
  }

  /// Operators whose integer results count or point.
  private static let indexing: Set<String> = [
    "Shape", "Size", "ArgMax", "ArgMin", "NonZero", "OneHot", "Sign",
  ]
}
