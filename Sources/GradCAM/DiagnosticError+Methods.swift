import Diagnostics

// MARK: - What a method cannot do

extension DiagnosticError {
  /// A layer was named for a method that has none.
  static func noLayerInMethod(_ method: Method, _ layer: Layer) -> DiagnosticError {
    let what =
      method.scope == .photo
      ? "it changes the photo and sees what the model then says"
      : "its values are those of the input"
    return DiagnosticError(
      .input, "Method '\(method.name)' has no layer, but '\(layer.name)' is given", notes: [what],
      help: "leave the layer away, or take a method of a layer, such as 'gradcam'")
  }

  /// Layers are compared by a method whose maps of all of them one run gives.
  static func notForRanking(_ method: Method) -> DiagnosticError {
    DiagnosticError(
      .input, "Layers cannot be compared by method '\(method.name)'",
      notes: ["only formulas of feature maps and gradient give the maps of all layers in one run"],
      help: "take 'gradcam' or another formula; 'gradcam methods' lists them")
  }

  /// A method looks at one layer.
  static func oneLayerOnly(_ method: Method, given count: Int) -> DiagnosticError {
    DiagnosticError(
      .input, "Method '\(method.name)' takes one layer, but \(count) are given",
      help: "explain each by itself")
  }

  /// A gradient at an input of bytes.
  static func noGradientOfBytes(_ method: Method, _ model: Model) -> DiagnosticError {
    DiagnosticError(
      .input,
      "Method '\(method.name)' needs the gradient at the input, but input '\(model.input.name)' of "
        + "'\(model.file.name)' takes \(model.input.numberType)",
      notes: ["between two whole numbers nothing is defined that a gradient could be of"],
      help: "explain a layer, with 'gradcam' or another method of a layer")
  }

  /// Evidence against from a method that knows no signs.
  static func onlyMagnitudes(_ method: Method, _ evidence: Evidence) -> DiagnosticError {
    DiagnosticError(
      .input,
      "Method '\(method.name)' shows how much each place matters, not evidence "
        + "'\(evidence.rawValue)'",
      help:
        "'input-x-gradient', 'integrated-gradients', 'gradient-shap' and 'gradcam' tell evidence "
        + "for from evidence against")
  }
}
