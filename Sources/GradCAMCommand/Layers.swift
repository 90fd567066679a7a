import ArgumentParser
import GradCAM

/// `gradcam layers`.
struct Layers: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lists the layers of a model that can be looked at.",
    usage: """
      gradcam layers <model> [<options>]
      gradcam layers --rank <model> <photo> [<options>]
      """,
    discussion: """
      Every feature map between the image and the logits, in order. '*' marks the default layer, \
      'all' those that every path from the image to the logits passes, 'none' those whose places \
      get no gradient, because only the class token acts on the logits from there on. Each is also found by its \
      node's and its value's name, and by module paths such as 'features[-1]'.

      With '--rank' it compares layers as places to explain a photo at, the best first: how fine \
      their maps are, how much gradient reaches them, how much of the map is evidence for the \
      class, how concentrated it is, how it agrees with the default layer's; and says in words \
      what is wrong with a bad choice.

      EXAMPLES:
        gradcam layers resnet50.onnx
        gradcam layers resnet50.onnx --json
        gradcam layers --rank resnet50.onnx dog.jpg -o layers.png
            The table, and the maps side by side.
      """)

  @Argument(
    help: ArgumentHelp("An ONNX file.", valueName: "model"),
    completion: .file(extensions: ["onnx"]))
  var model: String

  @Argument(
    help: ArgumentHelp(
      "For '--rank': a photo, '-' for standard input, or a '.npy' file.", valueName: "photo"),
    completion: .file())
  var photo: String?

  @Flag(help: "Compare layers as places to explain the photo at.")
  var rank = false

  @OptionGroup(title: "Comparing") var comparing: RankingOptions

  @OptionGroup(title: "How photos become numbers") var numbers: PhotoOptions

  @OptionGroup(title: "The model") var reading: ModelOptions

  @OptionGroup(title: "Running") var running: RunOptions

  @Flag(help: "Print a report for machines instead of the table.")
  var json = false

  func run() throws {
    if rank { return try RankingRun(self).run() }
    if let photo { throw DiagnosticError.photoWithoutRank(photo) }
    let model = try reading.model(self.model)
    StandardStream.write(json ? report(of: model) : table(of: model), to: .output)
  }

  private func table(of model: Model) -> String {
    var table = TextTable([
      ("", .left), ("layer", .left), ("shape", .right), ("operator", .left), ("paths", .left),
      ("value", .left),
    ])
    for layer in model.layers {
      table.add([
        layer == model.defaultLayer ? "*" : " ", layer.name,
        layer.shape.map(String.init).joined(separator: "×"), layer.operatorName,
        layer.hasGradient ? layer.isOnEveryPath ? "all" : "" : "none",
        layer.valueName == layer.name ? "" : layer.valueName,
      ])
    }
    let others = model.declaredOutputs.filter { $0.name != model.outputName }
    guard !others.isEmpty else { return table.text }
    return table.text + "\n  towards output '\(model.outputName)'; '--model-output' chooses among\n"
      + others.map { "  \($0)\n" }.joined()
  }

  private func report(of model: Model) -> String {
    let layers = model.layers.map { layer in
      JSONValue.object([
        ("name", .text(layer.name)), ("value", .text(layer.valueName)),
        ("aliases", .array(layer.aliases.map { .text($0) })),
        ("operator", .text(layer.operatorName)), ("shape", ExplanationReport.json(layer)),
        ("isDefault", .bool(layer == model.defaultLayer)),
        ("isOnEveryPath", .bool(layer.isOnEveryPath)), ("hasGradient", .bool(layer.hasGradient)),
        ("order", .text(layer.order.rawValue)), ("prefixTokens", .integer(layer.prefixTokens)),
        ("suffixTokens", .integer(layer.suffixTokens)),
      ])
    }
    return JSONValue.object([
      ("model", .object([("path", .text(model.path))])),
      ("output", .text(model.outputName)),
      ("outputs", .array(model.declaredOutputs.map { .text($0.name) })),
      ("default", .text(model.defaultLayer?.name)), ("layers", .array(layers)),
    ]).text() + "\n"
  }
}
