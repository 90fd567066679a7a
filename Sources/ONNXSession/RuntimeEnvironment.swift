import COnnxRuntime
import Diagnostics

/// Owns the runtime's environment, of which a process needs one.
final class RuntimeEnvironment: @unchecked Sendable {
  // Unchecked: the runtime allows an environment to be used by many threads.
  let pointer: UnsafeMutablePointer<ORTEnvironment>
  /// Describes the processor's memory, in which all tensors live.
  let memory: UnsafeMutablePointer<ORTMemoryInfo>
  private let functions: ORTFunctions

  /// Severity at which the runtime itself prints: only what is fatal, because every error comes
  /// back as a status too.
  static let severity: Int32 = 4

  init(_ functions: ORTFunctions) throws(DiagnosticError) {
    self.functions = functions
    pointer = try functions.made("environment") {
      functions.CreateEnv(Self.severity, "gradcam", $0)
    }
    // An arena is of no use: the memory is the caller's.
    memory = try functions.made("memory description") {
      functions.CreateCpuMemoryInfo(0, 0, $0)
    }
    try functions.check(functions.DisableTelemetryEvents(pointer))
  }

  deinit {
    functions.ReleaseMemoryInfo(memory)
    functions.ReleaseEnv(pointer)
  }
}
