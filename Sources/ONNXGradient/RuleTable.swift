package import ONNXFormat

/// The gradient rules by domain and operator.
///
/// ``guided`` and ``deconvnet`` are ``standard`` with the rows of rectifying activations replaced.
package struct RuleTable: Sendable {
  let rows: [String: GradientRule]

  /// A table of rows; of two for one operator the later stands.
  package init(_ rules: [GradientRule]) {
    rows = Dictionary(rules.map { ($0.operatorName, $0) }, uniquingKeysWith: { $1 })
  }

  /// The row of a node's operator.
  package subscript(_ node: NodeProto) -> GradientRule? { rows[node.qualifiedName] }

  /// All rows by name.
  package var rules: [GradientRule] { rows.values.sorted { $0.operatorName < $1.operatorName } }

  /// The table with rows replaced or added.
  package func replacing(_ rules: [GradientRule]) -> RuleTable {
    RuleTable(Array(rows.values) + rules)
  }

  /// True derivatives.
  package static let standard = RuleTable(
    Rules.activations + Rules.arithmetic + Rules.functions + Rules.convolutions + Rules.poolings
      + Rules.products + Rules.attentions + Rules.recurrences + Rules.views + Rules.selections
      + Rules.scatterings
      + Rules.resampling + Rules.samplings + Rules.transforms + Rules.reductions
      + Rules.normalizations + Rules.quantization + Rules.microsoft + Rules.constants)
}

/// The rows, grouped as in the files of this folder's `Rules`.
package enum Rules {}
