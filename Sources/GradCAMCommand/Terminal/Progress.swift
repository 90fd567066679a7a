/// A line on standard error that says how far a long job is; nothing where nobody watches.
struct Progress {
  private let total: Int
  private let isShown: Bool
  private var done = 0

  /// Starts at none of `total`.
  init(total: Int, isQuiet: Bool) {
    self.total = total
    isShown = total > 1 && !isQuiet && StandardStream.error.isTerminal
  }

  /// Says what is being done now.
  mutating func begin(_ name: String) {
    done += 1
    guard isShown else { return }
    let text = "\(done) of \(total)  \(name)"
    let room = max(StandardStream.error.columns - 1, 10)
    StandardStream.write("\r\u{1b}[K" + String(text.prefix(room)), to: .error)
  }

  /// Removes the line, so that other text can stand there.
  func clear() {
    if isShown && done > 0 { StandardStream.write("\r\u{1b}[K", to: .error) }
  }
}
