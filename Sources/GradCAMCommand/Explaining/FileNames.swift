import GradCAM

/// What the files of an explanation are called.
enum FileNames {
  /// What was explained: its classes, and after them its position, if it has one: `3-at-17`.
  static func part(for explanation: Explanation) -> String {
    part(for: explanation.classes) + (explanation.places.position.map { "-at-\($0)" } ?? "")
  }

  /// The class, or the classes of a difference: `281-rather-than-243`.
  private static func part(for classes: [ExplainedClass]) -> String {
    let raised = classes.filter { $0.weight > 0 }.map { "\($0.index)" }
    let lowered = classes.filter { $0.weight < 0 }.map { "\($0.index)" }
    let first = raised.joined(separator: "-")
    return lowered.isEmpty ? first : "\(first)-rather-than-\(lowered.joined(separator: "-"))"
  }

  /// A name with every character that a shell or a file system may not take replaced.
  static func safe(_ name: String) -> String {
    String(
      name.unicodeScalars.map { scalar -> Character in
        let isKept =
          scalar.properties.isAlphabetic || ("0"..."9").contains(Character(scalar))
          || "._-".unicodeScalars.contains(scalar)
        return isKept ? Character(scalar) : "_"
      })
  }
}
