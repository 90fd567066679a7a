import Diagnostics

// The words of measuring; beside DiagnosticError+GradCAM, which is long.
extension DiagnosticError {
  /// A map that was made of another photo than the one it is judged on.
  static func mapOfAnotherPhoto(_ map: PhotoView, _ photo: PhotoView) -> DiagnosticError {
    DiagnosticError(
      .input, "The heatmap is of a photo of \(map.photo), seen otherwise than this one",
      notes: ["this photo has \(photo.photo)"],
      help: "score a heatmap with the photo and the preprocessing it was made with")
  }

  /// A mask whose size is not the photo's.
  static func truthOfAnotherSize(_ mask: ImageSize, photo: ImageSize) -> DiagnosticError {
    DiagnosticError(
      .input, "The mask has \(mask), but its photo has \(photo)",
      help: "masks are given in pixels of the photo as it stands upright")
  }

  /// A name that no metric has.
  static func noMetric(_ name: String) -> DiagnosticError {
    let names = Metric.all.map(\.name)
    return DiagnosticError(
      .input, "No metric named '\(name)'",
      help: Suggestions.question(for: name, in: names)
        ?? "there are \(names.joined(separator: ", "))")
  }

  /// A parameter that a metric does not have.
  static func noMetricParameter(_ name: String, of metric: Metric) -> DiagnosticError {
    let names = metric.parameters.names
    return DiagnosticError(
      .input, "Metric '\(metric.name)' has no parameter '\(name)'",
      help: names.isEmpty
        ? "it has none"
        : Suggestions.question(for: name, in: names)
          ?? "it has \(names.joined(separator: ", ")), as in '\(metric.name) \(names[0])=…'")
  }

  /// A value that a metric's parameter cannot have.
  static func badMetricParameter(
    _ name: String, _ value: String, range: String, of metric: Metric
  ) -> DiagnosticError {
    DiagnosticError(
      .input, "Parameter '\(name)' of metric '\(metric.name)' is '\(value)'",
      help: "it is \(range)")
  }

  /// A map that is no rectangle of numbers.
  static func notMap(_ shape: [Int]) -> DiagnosticError {
    DiagnosticError(
      .input, "A map of shape \(shape) is given; expected [rows, columns]",
      help: "give one map at a time, without channels")
  }
}
