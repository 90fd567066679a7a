public import Diagnostics
import ONNXSession

/// The ONNX Runtime library that models run with, and where it was looked for.
public struct RuntimeDescription: Hashable, Sendable {
  /// The library's version, such as `1.32.0`.
  public let version: String
  /// The file it was loaded from, or the name by which the system's loader found it.
  public let path: String
  /// The execution providers the library was built with, such as `cpu` and `cuda`.
  public let providers: [String]
  /// Every place that was tried, in order.
  public let places: [Place]

  /// One place where the library was looked for.
  public struct Place: Hashable, Sendable {
    /// A path, or a name for the system's loader.
    public let path: String
    /// What was there, such as `version 1.32.0` or `not there`.
    public let outcome: String
  }

  /// Finds the library, and loads it if that has not been done.
  ///
  /// - Throws: ``DiagnosticError`` of kind `environment` where no library serves; its notes name
  ///   every place tried.
  public static func found() throws(DiagnosticError) -> RuntimeDescription {
    let runtime = try Runtime.shared()
    return RuntimeDescription(
      version: runtime.version, path: runtime.path,
      providers: runtime.availableProviders.map(ExecutionProvider.shortName),
      places: runtime.findings.map { Place(path: $0.place, outcome: $0.outcome) })
  }
}
