/// How far a method of many passes has come.
public struct MethodProgress: Hashable, Sendable {
  /// The method's title.
  public let method: String
  /// Passes done.
  public let done: Int
  /// Passes in all.
  public let total: Int

  /// What a handler answers.
  public enum Answer: Hashable, Sendable {
    case goOn
    /// Ends the explanation with an error.
    case stop
  }

  /// Hears of progress between passes, on the thread that explains.
  public typealias Handler = @Sendable (MethodProgress) -> Answer
}

extension Explainer {
  /// This explainer, telling of the progress of methods of many passes; sessions are shared.
  public func reportingProgress(to handler: @escaping MethodProgress.Handler) -> Explainer {
    var copy = self
    copy.progress = handler
    return copy
  }
}
