/// What came of one check.
struct CheckResult {
  /// Whether it went well.
  enum Outcome: String {
    case passed, failed, skipped
  }

  /// A point of a curve.
  struct Step {
    /// What was changed up to here.
    let label: String
    let similarity: SimilarityMean
  }

  /// The method that was checked, or what else it was about.
  let subject: String
  /// The check's name, such as `cascading`.
  let name: String
  var outcome: Outcome
  /// The number that was judged.
  var value: Double?
  /// What it was held to, such as `Spearman at most 0.5`.
  var bound = ""
  /// What was found, in words.
  var text: String
  /// How alike maps stay while more and more changes.
  var curve: [Step] = []
  /// How long it took.
  var seconds = 0.0

  /// A check of a number.
  static func held(
    _ subject: String, _ name: String, _ value: Double, to bound: CheckBound, _ text: String,
    curve: [Step] = []
  ) -> CheckResult {
    CheckResult(
      subject: subject, name: name, outcome: bound.holds(value) ? .passed : .failed, value: value,
      bound: bound.text, text: text, curve: curve)
  }
}

/// What a number must not pass.
struct CheckBound {
  /// What the number is, such as `Spearman`.
  var what = ""
  var atLeast: Double?
  var atMost: Double?

  /// Whether a number is within.
  func holds(_ value: Double) -> Bool {
    value >= atLeast ?? -.infinity && value <= atMost ?? .infinity
  }

  /// The bound in words.
  var text: String {
    let low = atLeast.map { "at least \(Decimal.significant($0, digits: 3))" }
    let high = atMost.map { "at most \(Decimal.significant($0, digits: 3))" }
    let words = [low, high].compactMap(\.self).joined(separator: " and ")
    return what.isEmpty ? words : "\(what) \(words)"
  }
}
