import Annotations
import GradCAM

// MARK: - Data

extension DiagnosticError {
  /// Annotations of which nothing is left to evaluate.
  static func nothingToEvaluate(
    _ set: AnnotatedSet, _ problems: [AnnotationProblem], labels: Labels?
  ) -> DiagnosticError {
    let few = labels.map { labels in
      (0..<min(labels.count, 8)).compactMap { labels[$0] }.map { "'\($0)'" }
        .joined(separator: ", ") + (labels.count > 8 ? " …" : "")
    }
    let isUnknown = problems.contains { $0.kind == .unknownLabel }
    return DiagnosticError(
      .input, "Nothing to evaluate in '\(set.folder)\(set.source)'",
      notes: problems.prefix(4).map(\.description)
        + (problems.count > 4 ? ["and \(problems.count - 4) more problems"] : []),
      help: !isUnknown
        ? nil
        : few.map { "the model's labels are \($0); '--mapping FILE' maps others to them" }
          ?? "pass '--labels FILE', for annotations name classes and the model's are not known")
  }
}

// MARK: - The journal

extension DiagnosticError {
  /// A journal that cannot be written.
  static func unwritableJournal(_ path: String, _ reason: String) -> DiagnosticError {
    DiagnosticError(
      .input, "Cannot write journal '\(path)': \(reason.lowercased())",
      help: "name another with '--journal FILE'")
  }

  /// A journal that another run writes.
  static func journalInUse(_ path: String) -> DiagnosticError {
    DiagnosticError(
      .input, "Another run is writing journal '\(path)'",
      help: "wait for it, or name another with '--journal FILE'")
  }

  /// A journal of something else.
  static func journalOfOtherSettings(_ path: String) -> DiagnosticError {
    DiagnosticError(
      .input, "Journal '\(path)' is of another model, version or options",
      help: "remove it, or name another with '--journal FILE'")
  }
}

// MARK: - Results

extension DiagnosticError {
  /// A database that cannot be written.
  static func unwritableDatabase(_ path: String, _ reason: String) -> DiagnosticError {
    DiagnosticError(.input, "Cannot write '\(path)': \(reason)")
  }
}
