/// What went wrong, said in the user's nouns: what is wrong, where, and what to do next.
///
/// Every error that leaves this package is one of these, so a program can show the three parts
/// as it likes and branch on ``kind``; ``description`` is the text that the command prints.
/// Each module makes its errors by static functions in one file (`DiagnosticError+….swift`): the
/// words live there and nowhere else.
public struct DiagnosticError: Error, Hashable, Sendable {
  /// Who can mend it.
  public enum Kind: String, Hashable, Sendable {
    /// What the user gave is wrong: a file, an option, a name.
    case input
    /// The machine lacks something: a library, a font, room on the disk.
    case environment
    /// The model uses something that this package cannot explain yet.
    case unsupported
  }

  /// Who can mend it.
  public let kind: Kind

  /// One line without a full stop: what is wrong, with expected and got.
  public let message: String

  /// Where it happened, one line each.
  public let notes: [String]

  /// What to do next.
  public let help: String?

  /// Makes an error from its three parts.
  public init(_ kind: Kind, _ message: String, notes: [String] = [], help: String? = nil) {
    self.kind = kind
    self.message = message
    self.notes = notes
    self.help = help
  }
}

// MARK: - Text

extension DiagnosticError: CustomStringConvertible {
  /// The message, then `note:` and `help:` lines indented by two spaces.
  public var description: String {
    var lines = [message]
    lines += notes.map { "  note: \($0)" }
    if let help { lines.append("  help: \(help)") }
    return lines.joined(separator: "\n")
  }
}

// MARK: - Adding to an error on its way up

extension DiagnosticError {
  /// The same error with one more note.
  public func adding(note: String) -> Self {
    Self(kind, message, notes: notes + [note], help: help)
  }
}
