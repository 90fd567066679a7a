public import Diagnostics
import ONNXSession

/// A library that models run with, and where it was looked for.
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

  /// Finds OpenVINO, which nothing needs, and loads it if that has not been done; its providers are
  /// the precisions that the processor has instructions for, such as `f32` and `bf16`.
  ///
  /// - Throws: ``DiagnosticError`` as ``found()``.
  public static func foundOpenVINO() throws(DiagnosticError) -> RuntimeDescription {
    let library = try OpenVINO.shared()
    let names = ["FP32": "f32", "BF16": "bf16"]
    return RuntimeDescription(
      version: library.version, path: library.path,
      providers: library.device.capabilities.compactMap { names[$0] },
      places: library.findings.map { Place(path: $0.place, outcome: $0.outcome) })
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
