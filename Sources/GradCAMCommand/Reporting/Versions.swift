import GradCAM

/// The versions of what made a report.
enum Versions {
  /// This package's and ONNX Runtime's.
  static var json: JSONValue {
    .object([
      ("gradcam", .text(GradCAMVersion.current)),
      ("onnxRuntime", .text((try? RuntimeDescription.found())?.version)),
    ])
  }
}
