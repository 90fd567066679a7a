package import ONNXGraph

/// How a cotangent flows back through one operator: a row of the rule table.
///
/// A rule knows nothing of accumulation, broadcasting or element types; the driver sees to
/// those.  It is asked only for inputs that lie on the path.
package struct GradientRule: Sendable {
  /// The cotangent of each input asked for, by position; an input left out gets none.
  package typealias Pullback =
    @Sendable (PullbackContext) throws(RuleRefusal) -> [Int: Term]

  /// What the operator does with a cotangent.
  package enum State: Sendable {
    /// Vector-Jacobian product.
    case pullback(Pullback)
    /// The derivative is zero wherever it exists: the operator cuts the path.
    case constant
  }

  /// The operator's name, qualified by its domain where that is not the standard one.
  package let operatorName: String
  package let state: State
  /// One line for `OPERATORS.md`: the formula or what is special.
  package let summary: String

  /// Whether its inputs broadcast against each other, so that the driver must sum.
  package let broadcasts: Bool

  /// Whether elements may only regroup on the way through, so that the rows of several targets
  /// stay apart even where an image has several rows.
  package let keepsOrder: Bool

  /// Whether indices name rows of the first axis, so that the rows of several targets cannot
  /// stand there.
  package let mixesRows: Bool

  /// Whether the batch may stand on another axis than the first, as queries, keys and values do
  /// that were made at once.
  package let movesBatch: Bool

  /// A rule with a pullback.
  package init(
    _ operatorName: String, _ summary: String, broadcasts: Bool = false,
    keepsOrder: Bool = false, mixesRows: Bool = false, movesBatch: Bool = false,
    _ pullback: @escaping Pullback
  ) {
    self.mixesRows = mixesRows
    self.movesBatch = movesBatch || keepsOrder
    self.operatorName = operatorName
    self.summary = summary
    self.broadcasts = broadcasts
    self.keepsOrder = keepsOrder
    state = .pullback(pullback)
  }

  /// A rule for an operator without derivative.
  package init(constant operatorName: String, _ summary: String) {
    self.operatorName = operatorName
    self.summary = summary
    broadcasts = false
    keepsOrder = false
    mixesRows = false
    movesBatch = false
    state = .constant
  }
}

/// Why a rule cannot serve a node, in words that follow "because".
package struct RuleRefusal: Error, Hashable, Sendable {
  package let reason: String

  package init(_ reason: String) { self.reason = reason }
}
