import Diagnostics

/// Counts passes, tells of them, and ends them where that is asked for.
struct PassProgress {
  let method: String
  /// What passes, in the plural.
  let unit: String
  let total: Int
  let handler: MethodProgress.Handler?
  private var done = 0
  private var batch: Int?

  init(method: String, unit: String, total: Int, handler: MethodProgress.Handler?) {
    (self.method, self.unit, self.total, self.handler) = (method, unit, total, handler)
  }

  /// How far it is now.
  private var state: MethodProgress {
    MethodProgress(method: method, unit: unit, done: done, total: total, batch: batch ?? 1)
  }

  /// Says what all passes cost, before the first of them; later calls say nothing.
  ///
  /// - Throws: `DiagnosticError` where the task is cancelled or the handler says stop.
  mutating func begin(batch: Int) throws(DiagnosticError) {
    guard self.batch == nil else { return }
    self.batch = max(1, min(batch, total))
    try tell()
  }

  /// Notes passes that are done.
  ///
  /// - Throws: `DiagnosticError` where the task is cancelled or the handler says stop.
  mutating func passed(_ count: Int) throws(DiagnosticError) {
    done += count
    try tell()
  }

  private func tell() throws(DiagnosticError) {
    let answer = handler?(state) ?? .goOn
    guard answer == .goOn, !Task.isCancelled else { throw .stopped(method, done, of: total) }
  }

  /// Hears of passes that one of these passes is made of: they can be stopped, and nothing of them
  /// is told but that this is still as far as it is.
  var inner: MethodProgress.Handler? {
    guard let handler else { return nil }
    let state = state
    return { _ in handler(state) }
  }
}
