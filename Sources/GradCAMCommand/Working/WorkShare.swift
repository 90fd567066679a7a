import GradCAM

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// How the processor's cores are shared out: photos at once, and threads for each of them.
///
/// A thread a photo makes more of the cores than all threads on one, because no thread waits for
/// another, and because decoding and writing run beside the model.
struct WorkShare: Equatable {
  /// Photos at once.
  let jobs: Int
  /// Threads for the run of each; nil leaves it to the runtime.
  let threads: Int?

  /// More at once only take memory: each holds all values of a run of the model.
  private static let mostJobs = 8

  /// Shares out the cores.
  ///
  /// - Parameters:
  ///   - jobs: what was asked for, if anything; the same for `threads`.
  ///   - count: how many photos there are.
  ///   - isOneByOne: whether each photo by itself keeps all cores busy.
  init(
    jobs: Int?, threads: Int?, count: Int, isOneByOne: Bool,
    cores: Int = ProcessInfo.processInfo.activeProcessorCount
  ) {
    let usual = isOneByOne || count < 4 ? 1 : min(Self.mostJobs, cores / (threads ?? 1))
    self.jobs = max(1, min(jobs ?? usual, count))
    self.threads = threads ?? (self.jobs > 1 ? max(1, cores / self.jobs) : nil)
  }
}
