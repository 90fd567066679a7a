import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A wish to end, as Ctrl-C sends it.
///
/// Elsewhere it ends the process at once, which leaves nothing half-written, for files appear as a
/// whole; while a method of many passes runs it ends that between passes, so that the process can say
/// so.  A second one ends the process at once there too.
enum Interruption {
  private static let flag = Atomic(false)

  /// The exit code of a process that was interrupted, as shells have it.
  static let exitCode: Int32 = 130

  /// Whether somebody wished to end.
  static var isRequested: Bool { flag.load(ordering: .relaxed) }

  /// Takes the next interrupt as a wish.
  static func holdBack() {
    guard !isRequested else { return }
    // Whoever started the process may have left the signal blocked.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    signal(SIGINT) { _ in
      Interruption.flag.store(true, ordering: .relaxed)
      signal(SIGINT, SIG_DFL)
    }
  }

  /// Lets interrupts end the process at once.
  static func letThrough() {
    signal(SIGINT, SIG_DFL)
  }
}
