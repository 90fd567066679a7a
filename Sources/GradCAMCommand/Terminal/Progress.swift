/// A line on standard error that says how far a long job is, and how long it will take; nothing
/// where nobody watches.
struct Progress {
  private let total: Int
  private let isShown: Bool
  private let start = ContinuousClock.now
  private var done = 0

  /// Starts at none of `total`.
  init(total: Int, isQuiet: Bool) {
    self.total = total
    isShown = total > 1 && !isQuiet && StandardStream.error.isTerminal
  }

  /// Says that something is done.
  mutating func finish(_ name: String) {
    done += 1
    guard isShown else { return }
    let left =
      (ContinuousClock.now - start).milliseconds / 1000 * Double(total - done) / Double(done)
    let text = "\(done) of \(total)  \(Self.text(seconds: left)) left  \(name)"
    let room = max(StandardStream.error.columns - 1, 10)
    StandardStream.write("\r\u{1b}[K" + String(text.prefix(room)), to: .error)
  }

  /// Removes the line, so that other text can stand there.
  func clear() {
    if isShown && done > 0 { StandardStream.write("\r\u{1b}[K", to: .error) }
  }

  /// A time that is left, such as "12 s" or "3 min 5 s".
  static func text(seconds: Double) -> String {
    let seconds = Int(seconds.rounded(.up))
    return seconds < 90 ? "\(seconds) s" : "\(seconds / 60) min \(seconds % 60) s"
  }
}
