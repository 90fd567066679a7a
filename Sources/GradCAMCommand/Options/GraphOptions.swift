import ArgumentParser
import GradCAM

/// What a model's graph leaves open.
struct GraphOptions: ParsableArguments {
  @Option(help: "Where the channels stand, for an input whose shape leaves that open.")
  var layout: ModelInput.Layout?

  @Option(
    help: ArgumentHelp(
      "The output to explain; the first that depends on the image unless given.",
      valueName: "name"))
  var modelOutput: String?

  @Option(
    help: ArgumentHelp(
      "The input that takes the image, where several could.", valueName: "name"))
  var imageInput: String?

  @Option(
    name: .customLong("input"),
    help: ArgumentHelp(
      """
      What an input beside the image is fed: a '.npy' file, or a number for all its elements; may \
      be repeated.
      """, valueName: "NAME=FILE|x"),
    completion: .file(extensions: ["npy"]))
  var fedInputs: [FedInput] = []

  @Option(
    help: ArgumentHelp(
      "Rows and columns of a transformer's tokens, where the graph does not tell them.",
      valueName: "HxW"))
  var grid: GridSides?

  @Option(
    help: ArgumentHelp(
      "Tokens before the grid, such as a class token, that stand for no place.", valueName: "n"))
  var prefixTokens: Int?

  /// Reads the model.
  func model(
    _ path: String, size: ImageSize?, depth: Int? = nil
  ) throws(DiagnosticError) -> Model {
    var inputs: [String: InputValue] = [:]
    for input in fedInputs {
      guard inputs[input.name] == nil else { throw .inputFedTwice(input.name) }
      inputs[input.name] = try input.value()
    }
    return try Model(
      contentsOf: path, size: size, depth: depth, output: modelOutput, layout: layout,
      image: imageInput, inputs: inputs, tokens: tokens)
  }

  /// The grid as far as it is stated.
  private var tokens: TokenGrid? {
    if let grid {
      return TokenGrid(height: grid.height, width: grid.width, prefixTokens: prefixTokens)
    }
    return prefixTokens.map(TokenGrid.init(prefixTokens:))
  }
}
