import ONNXGradient

/// How gradients pass activations on their way back.
struct GradientRules: Hashable, Sendable {
  /// The name in reports.
  let name: String
  /// The rules.
  let table: RuleTable

  /// True derivatives.
  static let `true` = GradientRules(name: "true", table: .standard)

  /// Where an activation rectifies, only what is positive passes, and only where it let x through.
  static let guided = GradientRules(name: "guided", table: .guided)

  /// Where an activation rectifies, only what is positive passes, whatever x is.
  static let deconvnet = GradientRules(name: "deconvnet", table: .deconvnet)

  /// Two are the same if they have one name.
  static func == (a: GradientRules, b: GradientRules) -> Bool { a.name == b.name }
  /// Hashes the name.
  func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
