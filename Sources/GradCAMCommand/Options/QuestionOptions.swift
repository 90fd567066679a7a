import ArgumentParser
import GradCAM

/// What is asked of a model.
struct QuestionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What is explained; may be repeated. Unless given, the predicted class.",
      valueName: "predicted|INDEX|LABEL|top:K"),
    completion: .list(["predicted", "top:3", "top:5"]))
  var target: [String] = []

  @Option(
    help: ArgumentHelp(
      "Explain what speaks for each target rather than for this class.", valueName: "INDEX|LABEL"))
  var ratherThan: String?

  @Option(
    help: ArgumentHelp(
      """
      Where the map is taken: a module path such as layer4.2 or features[-1], a node, a value, or \
      'input'; may be repeated. Unless given, the last feature map that all paths pass.
      """, valueName: "name"))
  var layer: [String] = []

  @Option(help: "How the maps of several layers become one.")
  var fuse: Fusion = .mean

  @Option(help: "How the map is computed.")
  var method: Method = .gradCAM

  @Option(help: "What raises the target, what lowers it, or both on one scale.")
  var evidence: Evidence = .for
}
