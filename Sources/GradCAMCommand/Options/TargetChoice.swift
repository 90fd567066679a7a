import GradCAM

/// The targets that a word on the command line means.
struct TargetChoice {
  /// One target, or several for `top:3`.
  let targets: [Target]

  /// Reads `predicted`, `top:K`, a class's number or its label.
  init(_ word: String) throws(DiagnosticError) {
    if word == "predicted" {
      targets = [.predicted]
    } else if word.hasPrefix("top:") {
      guard let count = Int(word.dropFirst(4)), (1...100_000).contains(count) else {
        throw .unreadableTop(word)
      }
      targets = Target.top(count)
    } else if let index = Int(word) {
      targets = [.class(index)]
    } else {
      targets = [.label(word)]
    }
  }

  /// The targets of all words, each set against another class where one is named.
  static func targets(
    _ words: [String], ratherThan other: String?
  ) throws(DiagnosticError) -> [Target] {
    var targets: [Target] = []
    for word in words.isEmpty ? ["predicted"] : words {
      for target in try TargetChoice(word).targets where !targets.contains(target) {
        targets.append(target)
      }
    }
    guard let other else { return targets }
    let set = try TargetChoice(other).targets
    guard set.count == 1 else { throw .severalRatherThan(other) }
    guard !targets.contains(set[0]) else { throw .ratherThanItself(other) }
    return targets.map { $0.ratherThan(set[0]) }
  }
}
