import GradCAM

/// The targets that a word on the command line means.
struct TargetChoice {
  /// One target, or several for `top:3`.
  let targets: [Target]

  /// Reads `predicted`, `top:K`, a class's number, alone or after a position as in `3:17`, or its
  /// label.
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
    } else if let (position, index) = Self.positioned(word) {
      targets = [.class(index).at(.position(position))]
    } else {
      targets = [.label(word)]
    }
  }

  /// A position and a class.
  private static func positioned(_ word: String) -> (Int, Int)? {
    let parts = word.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let position = Int(parts[0]), let index = Int(parts[1]) else {
      return nil
    }
    return (position, index)
  }

  /// The targets of all words, each set against another class where one is named.
  ///
  /// - Parameter places: where they are, unless a word says a position of its own.
  static func targets(
    _ words: [String], ratherThan other: String?, at places: TargetPlaces
  ) throws(DiagnosticError) -> [Target] {
    var targets: [Target] = []
    for word in words.isEmpty ? ["predicted"] : words {
      for target in try TargetChoice(word).targets {
        let placed = target.places == .all ? target.at(places) : target
        if !targets.contains(placed) { targets.append(placed) }
      }
    }
    guard let other else { return targets }
    let set = try TargetChoice(other).targets
    guard set.count == 1 else { throw .severalRatherThan(other) }
    guard !targets.contains(set[0].at(places)) else { throw .ratherThanItself(other) }
    return targets.map { $0.ratherThan(set[0]) }
  }
}
