/// How far a method of many passes has come, and before it starts what it will cost.
public struct MethodProgress: Hashable, Sendable {
  /// The method's title.
  public let method: String
  /// What passes through the model, such as "masked photos".
  public let unit: String
  /// Passes done; 0 before the first.
  public let done: Int
  /// Passes in all.
  public let total: Int
  /// How many pass at once.
  public let batch: Int

  /// What a handler answers.
  public enum Answer: Hashable, Sendable {
    case goOn
    /// Ends the explanation with an error.
    case stop
  }

  /// Hears of progress on the thread that explains: once before the first pass, with ``done`` 0,
  /// then between passes.
  public typealias Handler = @Sendable (MethodProgress) -> Answer
}

extension MethodProgress {
  /// All passes in words, such as "2048 masked photos in 128 batches of 16".
  public var cost: String {
    let count = (total - 1) / max(batch, 1) + 1
    let how =
      batch <= 1 ? "one at a time" : count == 1 ? "in one batch" : "in \(count) batches of \(batch)"
    return "\(total) \(unit)" + (batch <= 1 ? ", " : " ") + how
  }
}

extension Explainer {
  /// This explainer, telling of the progress of methods of many passes; sessions are shared.
  public func reportingProgress(to handler: @escaping MethodProgress.Handler) -> Explainer {
    var copy = self
    copy.progress = handler
    return copy
  }
}
