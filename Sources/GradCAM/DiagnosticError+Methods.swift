import Diagnostics
import ONNXFormat

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

// MARK: - What a formula needs

extension DiagnosticError {
  /// A layer too large for a matrix with a row for each of its places.
  static func tooManyPlaces(_ layer: Layer, limit: Int, model: Model) -> DiagnosticError {
    let smaller = model.layers.last { $0.isSpatial && $0.map.placeCount <= limit }
    return DiagnosticError(
      .input,
      "Layer '\(layer.name)' of '\(model.file.name)' has \(layer.map.placeCount) places; expected "
        + "at most \(limit)",
      notes: ["kernel principal components take a matrix with a row for each place"],
      help: smaller.map { "explain '\($0.name)', which has \($0.map.placeCount)" })
  }

  /// A method whose map is no sum over channels.
  static func cannotSmooth(_ method: Method) -> DiagnosticError {
    let fitting = Method.all.filter(\.sumsChannels).map(\.name).joined(separator: ", ")
    return DiagnosticError(
      .input, "Method '\(method.name)' cannot be smoothed by principal components",
      notes: ["its map is no sum over the channels of a layer that a component could replace"],
      help: "these can: \(fitting)")
  }

  /// What stands between a layer and the logits that keeps them from being linear in its means.
  static func notLinearInMeans(
    _ layer: Layer, because reason: String, fitting: Layer?, model: Model
  ) -> DiagnosticError {
    let other = fitting.map { "explain '\($0.name)', or use" } ?? "use"
    return DiagnosticError(
      .input,
      "The logits of '\(model.file.name)' are not linear in the means of layer '\(layer.name)'",
      notes: [
        reason, "CAM needs a mean over each feature map, then linear layers alone",
      ],
      help: "\(other) method 'gradcam', which equals CAM where CAM exists and needs no such head")
  }

  /// A contrast between classes where there is only one.
  static func contrastNeedsClasses(_ model: Model) -> DiagnosticError {
    DiagnosticError(
      .input, "FinerCAM needs at least 2 classes; '\(model.file.name)' has \(model.classCount)",
      help: "use method 'gradcam'")
  }

  /// A model whose gradient cannot be differentiated again.
  static func noSecondGradient(_ model: Model, because reason: String) -> DiagnosticError {
    DiagnosticError(
      .unsupported, "The gradient of '\(model.file.name)' cannot be differentiated again",
      notes: [reason, "ShapleyCAM takes the change of the gradient with the feature maps"],
      help: "use method 'gradcam', which equals ShapleyCAM where that change is zero")
  }
}
