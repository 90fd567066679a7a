import Diagnostics
package import ONNXFormat

extension DiagnosticError {
  /// An operator on the path has no row in the rule table.
  static func noGradientRule(_ node: NodeProto, opset: Int) -> DiagnosticError {
    let domain = node.isStandard ? "opset \(opset)" : "domain \(node.domain)"
    return DiagnosticError(
      .unsupported, "No gradient rule for operator '\(node.opType)' (\(domain))",
      notes: ["node '\(node.label)' lies between the layer and the target"])
  }

  /// A rule cannot serve this use of its operator.
  static func refusedByRule(_ node: NodeProto, reason: String) -> DiagnosticError {
    DiagnosticError(
      .unsupported, "No gradient through operator '\(node.opType)' here, because \(reason)",
      notes: ["node '\(node.label)' lies between the layer and the target"])
  }
}

extension NodeProto {
  /// What to call a node: its name, or what it makes.
  package var label: String { name.isEmpty ? output(at: 0) ?? opType : name }
}
