import Diagnostics
package import ONNXFormat

extension DiagnosticError {
  /// An operator on the path has no row in the rule table.
  static func noGradientRule(_ node: NodeProto, opset: Int) -> DiagnosticError {
    let place = "node '\(node.label)' lies between the layer and the target"
    if node.isStandard, controlFlow.contains(node.opType) {
      return DiagnosticError(
        .unsupported, "No gradient through '\(node.opType)', which decides at run time what is run",
        notes: [place, "a model exported for one input size has none as a rule"])
    }
    let domain = node.isStandard ? "opset \(opset)" : "domain \(node.domain)"
    return DiagnosticError(
      .unsupported, "No gradient rule for operator '\(node.opType)' (\(domain))",
      notes: [place] + (node.isQuantized ? [quantizedAdvice] : []))
  }

  /// Operators that hold graphs or lists.
  private static let controlFlow: Set<String> = [
    "If", "Loop", "Scan", "SequenceAt", "SequenceConstruct", "SequenceEmpty", "SequenceInsert",
    "SequenceErase", "SequenceLength", "SequenceMap", "SplitToSequence", "ConcatFromSequence",
    "Optional", "OptionalGetElement", "OptionalHasElement",
  ]

  /// What to do about an integer operator that is not known.
  private static let quantizedAdvice =
    "ONNX Runtime's 'quantize_static' with 'QuantFormat.QDQ' writes a model that can be explained"

  /// A rule cannot serve this use of its operator.
  static func refusedByRule(_ node: NodeProto, reason: String) -> DiagnosticError {
    DiagnosticError(
      .unsupported, "No gradient through operator '\(node.opType)' here, because \(reason)",
      notes: ["node '\(node.label)' lies between the layer and the target"])
  }
}

extension NodeProto {
  /// Whether the operator computes with quantized integers, going by its name.
  fileprivate var isQuantized: Bool {
    ["QLinear", "QGemm", "QAttention", "Quantize", "Dequantize", "DynamicQuantize"].contains {
      opType.hasPrefix($0)
    } || opType.hasSuffix("Integer") || opType.hasPrefix("MatMulInteger")
  }

  /// What to call a node: its name, or what it makes.
  package var label: String { name.isEmpty ? output(at: 0) ?? opType : name }
}
