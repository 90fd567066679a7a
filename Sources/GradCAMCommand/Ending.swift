import ArgumentParser
import GradCAM

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How the process ends: a text, where it goes, and an exit code.
struct Ending {
  /// What to print, without its line break.
  private let text: String
  /// Whether the text is what was asked for, such as help.
  private let isResult: Bool
  /// 0 done, 1 a check failed, 2 bad usage or input, 3 the environment lacks something.
  private let code: Int32

  /// The ending that an error means.
  init(_ error: any Error) {
    if let error = error as? DiagnosticError {
      text = "Error: \(error)"
      isResult = false
      code =
        Interruption.isRequested
        ? Interruption.exitCode : error.kind == .environment ? 3 : 2
      return
    }
    let exitCode = Gradcam.exitCode(for: error)
    text = Gradcam.fullMessage(for: error)
    isResult = exitCode == .success
    code = exitCode == .validationFailure ? 2 : exitCode.rawValue
  }

  /// Prints the text and ends the process.
  func exit() -> Never {
    if !text.isEmpty {
      StandardStream.write(text + "\n", to: isResult ? .output : .error)
    }
    #if canImport(Glibc)
      Glibc.exit(code)
    #elseif canImport(Musl)
      Musl.exit(code)
    #else
      Darwin.exit(code)
    #endif
  }
}
