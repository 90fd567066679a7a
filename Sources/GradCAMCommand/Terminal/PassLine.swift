import GradCAM
import Synchronization

/// A line on standard error that says how far a method of many passes is, and how long it will
/// take; nothing where nobody watches.
final class PassLine: Sendable {
  private let isShown: Bool
  private let start = ContinuousClock.now
  private let last = Mutex<ContinuousClock.Instant?>(nil)

  /// Shows nothing yet.
  init(isQuiet: Bool) { isShown = !isQuiet && StandardStream.error.isTerminal }

  /// Says how far the method is, a few times a second at most.
  func show(_ progress: MethodProgress) -> MethodProgress.Answer {
    guard isShown, progress.total > 1 else { return .goOn }
    let now = ContinuousClock.now
    let isDue = last.withLock { last in
      if let last, now - last < .milliseconds(200), progress.done < progress.total { return false }
      last = now
      return true
    }
    if isDue { StandardStream.write("\r\u{1b}[K" + text(progress, now - start), to: .error) }
    return .goOn
  }

  /// Removes the line.
  func clear() {
    if last.withLock({ $0 }) != nil { StandardStream.write("\r\u{1b}[K", to: .error) }
  }

  private func text(_ progress: MethodProgress, _ passed: Duration) -> String {
    let left =
      passed.milliseconds / 1000 * Double(progress.total - progress.done)
      / Double(max(progress.done, 1))
    let text =
      "\(progress.method)  \(progress.done) of \(progress.total)  \(Progress.text(seconds: left)) left"
    return String(text.prefix(max(StandardStream.error.columns - 1, 10)))
  }
}
