import ArgumentParser
import GradCAM

/// How the model file is to be read.
struct ModelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The image size, where the model leaves it open; 224x224 unless given.", valueName: "WxH"))
  var size: ImageSize?

  @Option(help: "Where the channels stand, for an input whose shape leaves that open.")
  var layout: ModelInput.Layout?

  @Option(
    help: ArgumentHelp(
      "The output to explain; the first that depends on the image unless given.",
      valueName: "name"))
  var modelOutput: String?

  /// Reads the model.
  func model(_ path: String, size: ImageSize? = nil) throws(DiagnosticError) -> Model {
    try Model(
      contentsOf: path, size: self.size ?? size, output: modelOutput, layout: layout)
  }
}
