import GradCAM
import Synchronization

/// What methods of many passes will cost, told on standard error before they start, and on a
/// terminal a line that says how far they are and how long it will take.
final class PassLine: Sendable {
  private let isQuiet: Bool
  /// What tells the costs of all photos that are explained at once; nil for one at a time.
  private let shared: PassLine?
  private let state = Mutex(State())

  private struct State {
    /// The costs of this photo.
    var costs: [MethodProgress] = []
    /// What was told of, each once: photos of one run cost alike.
    var told: Set<String> = []
    var start = ContinuousClock.now
    /// When the line was last written.
    var last: ContinuousClock.Instant?
  }

  /// Shows nothing yet.
  init(isQuiet: Bool) { (self.isQuiet, shared) = (isQuiet, nil) }

  /// One of several photos that are explained at once: costs are told once for all, no line says
  /// how far this one is, and an interrupt ends all of them at once.
  init(sharing shared: PassLine) { (isQuiet, self.shared) = (shared.isQuiet, shared) }

  /// Whether a line says how far it is.
  private var isShown: Bool { !isQuiet && shared == nil && StandardStream.error.isTerminal }

  /// The costs told for one photo, for machines; nil where everything took one run.
  var json: JSONValue? {
    let costs = state.withLock(\.costs)
    guard !costs.isEmpty else { return nil }
    return .array(
      costs.map { cost in
        .object([
          ("method", .text(cost.method)), ("passes", .integer(cost.total)),
          ("unit", .text(cost.unit)), ("batch", .integer(cost.batch)),
        ])
      })
  }
}

// MARK: - As it goes

extension PassLine {
  /// Does what may take many passes, and removes the line; an interrupt ends it between passes.
  func watching<Result>(
    _ body: () throws(DiagnosticError) -> Result
  ) throws(DiagnosticError) -> Result {
    state.withLock { $0.costs = [] }
    guard shared == nil else { return try body() }
    Interruption.holdBack()
    defer {
      Interruption.letThrough()
      clear()
    }
    return try body()
  }

  /// Tells the cost before the first pass, then how far the method is, a few times a second at
  /// most.
  func show(_ progress: MethodProgress) -> MethodProgress.Answer {
    if Interruption.isRequested { return .stop }
    guard progress.total > 1 else { return .goOn }
    if progress.done == 0 { tell(progress) }
    guard isShown else { return .goOn }
    let now = ContinuousClock.now
    let passed = state.withLock { state -> Duration? in
      if let last = state.last, now - last < .milliseconds(200), progress.done < progress.total {
        return nil
      }
      state.last = now
      return now - state.start
    }
    if let passed { StandardStream.write("\r\u{1b}[K" + text(progress, passed), to: .error) }
    return .goOn
  }

  /// Tells what all passes cost, where that is new.
  private func tell(_ cost: MethodProgress) {
    state.withLock { state in
      state.start = .now
      if !state.costs.contains(cost) { state.costs.append(cost) }
    }
    let isNew = (shared ?? self).state.withLock {
      $0.told.insert(cost.method + cost.unit).inserted
    }
    guard isNew, !isQuiet else { return }
    clear()
    StandardStream.write("\(cost.method): \(cost.cost)\n", to: .error)
  }

  /// Removes the line.
  private func clear() {
    guard !isQuiet, StandardStream.error.isTerminal else { return }
    StandardStream.write("\r\u{1b}[K", to: .error)
  }

  private func text(_ progress: MethodProgress, _ passed: Duration) -> String {
    let left =
      passed.milliseconds / 1000 * Double(progress.total - progress.done)
      / Double(max(progress.done, 1))
    let time = progress.done == 0 ? "" : "  \(Progress.text(seconds: left)) left"
    let text = "\(progress.method)  \(progress.done) of \(progress.total)\(time)"
    return String(text.prefix(max(StandardStream.error.columns - 1, 10)))
  }
}
