import GradCAM

extension DiagnosticError {
  /// A configuration that cannot be read.
  static func unreadableConfig(_ path: String) -> DiagnosticError {
    DiagnosticError(
      .input, "'\(path)' cannot be read", help: "name a YAML file of at most 1 MiB")
  }

  /// A configuration that is no YAML.
  static func brokenConfig(_ path: String, _ reason: String) -> DiagnosticError {
    DiagnosticError(.input, "'\(path)' is no YAML", notes: [reason])
  }

  /// A part of a configuration that is wrong.
  static func wrongConfig(
    _ path: String, line: Int?, _ name: String, _ text: String, help: String?
  ) -> DiagnosticError {
    let what = name.isEmpty ? "the configuration" : "'\(name)'"
    return DiagnosticError(
      .input, "In '\(path)', \(what) \(text)", notes: line.map { ["line \($0)"] } ?? [],
      help: help)
  }

  /// Nothing to check anything on.
  static var checkNeedsPhotos: DiagnosticError {
    DiagnosticError(
      .input, "There are no photos to check on",
      help: "name photos, or a folder of photos, after the model")
  }

  /// Rules about places without places.
  static var checkNeedsAnnotations: DiagnosticError {
    DiagnosticError(
      .input, "Limits of metrics and of annotated regions need one folder with annotations",
      help: "name a folder that 'gradcam evaluate' takes")
  }

  /// A class that the model does not have.
  static func unknownCheckClass(_ name: String, _ model: Model) -> DiagnosticError {
    DiagnosticError(
      .input, "'\(model.path.name)' has no class '\(name)'",
      help: "write a class's number, or pass its labels by '--labels'")
  }
}
