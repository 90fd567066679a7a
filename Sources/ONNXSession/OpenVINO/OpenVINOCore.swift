import COpenVINO
import Diagnostics

/// Owns the library's core, of which a process needs one; never freed, as the library's own
/// threads may outlive what they were started for.
final class OpenVINOCore: @unchecked Sendable {
  // Unchecked: the library allows a core to be used by many threads.
  let pointer: UnsafeMutablePointer<OVCore>
  let functions: OVFunctions

  init(_ functions: OVFunctions) throws(DiagnosticError) {
    self.functions = functions
    pointer = try functions.made("core") { functions.CreateCore($0) }
  }

  /// A property of the processor, in words.
  func property(_ key: String) -> String? {
    let text = try? functions.made("property") {
      functions.GetProperty(pointer, "CPU", key, $0)
    }
    guard let text else { return nil }
    defer { functions.FreeText(text) }
    return String(cString: text)
  }
}

extension OVFunctions {
  /// Throws what the library says of a result, if it is no success.
  func check(
    _ result: OVResult, _ error: (String) -> DiagnosticError = DiagnosticError.openVINO
  ) throws(DiagnosticError) {
    guard result != 0 else { return }
    let message = GetLastMessage().map { text in
      defer { FreeText(text) }
      return String(cString: text)
    }
    let text = message.flatMap { $0.isEmpty ? nil : $0 }
    throw error(text ?? GetResultText(result).map { String(cString: $0) } ?? "")
  }

  /// What a function that fills in a pointer made.
  func made<T>(
    _ what: String, _ error: (String) -> DiagnosticError = DiagnosticError.openVINO,
    _ make: (UnsafeMutablePointer<UnsafeMutablePointer<T>?>) -> OVResult
  ) throws(DiagnosticError) -> UnsafeMutablePointer<T> {
    var result: UnsafeMutablePointer<T>?
    try check(make(&result), error)
    guard let result else { throw .openVINO("no \(what) was made") }
    return result
  }
}
