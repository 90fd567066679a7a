import Diagnostics

// MARK: - What cannot be baked

extension DiagnosticError {
  /// A method that takes several runs of the model.
  static func notBakeable(_ method: Method) -> DiagnosticError {
    let fitting = Method.all.filter(\.canBeBaked).map(\.name).joined(separator: ", ")
    return DiagnosticError(
      .unsupported, "Method '\(method.name)' cannot be baked: it takes several runs of the model",
      help: "these can: \(fitting)")
  }

  /// A model whose outputs would change their type.
  static func bakedBrainFloats(_ model: Model) -> DiagnosticError {
    DiagnosticError(
      .unsupported, "'\(model.file.name)' is in bfloat16, which is explained in float32",
      notes: ["its outputs would not stay as they are"],
      help: "convert the model to float32 or float16, then bake it")
  }

  /// The raw maps of several layers, which have no common scale.
  static func rawOfSeveralLayers(count: Int) -> DiagnosticError {
    DiagnosticError(
      .input, "The maps of \(count) layers have no common scale, so they are not joined raw",
      help: "bake one layer, or the normalised map")
  }

  /// A target for a method that looks at none.
  static func noTargetInMethod(_ method: Method) -> DiagnosticError {
    DiagnosticError(
      .input, "Method '\(method.name)' does not look at the target, so none can be an input",
      help: "leave '--target' away")
  }

  /// Targets at different pixels or positions.
  static var severalPlacesBaked: DiagnosticError {
    DiagnosticError(
      .input, "All targets of a baked model must be at the same pixels or position",
      help: "bake a model for each place")
  }
}

// MARK: - What verifying finds

extension DiagnosticError {
  /// A file that breaks the format's rules.
  static func bakedBroken(_ model: Model, _ fault: String) -> DiagnosticError {
    DiagnosticError(
      .unsupported, "The baked '\(model.file.name)' is no valid model: \(fault)",
      notes: ["nothing was written"],
      help: "report this with the model's operators, as 'gradcam doctor' lists them")
  }

  /// Outputs that are not the plain model's.
  static func bakedOutputsDiffer(_ model: Model, by difference: Float) -> DiagnosticError {
    DiagnosticError(
      .unsupported,
      "The outputs of the baked '\(model.file.name)' differ from the plain model's by \(difference)",
      notes: ["nothing was written"],
      help: "does the model draw random numbers? '--no-verify' writes it unverified")
  }

  /// A heatmap that is not the library's.
  static func bakedHeatmapDiffers(
    _ model: Model, by difference: Float, limit: Float
  ) -> DiagnosticError {
    DiagnosticError(
      .unsupported,
      "The heatmap of the baked '\(model.file.name)' differs from the library's by \(difference); "
        + "expected at most \(limit)",
      notes: ["nothing was written"], help: "'--no-verify' writes it unverified")
  }
}
