import ArgumentParser
import GradCAM

/// What `gradcam layers --rank` compares, and where its figure goes.
struct RankingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The class whose maps are compared; unless given, the predicted class.",
      valueName: "predicted|INDEX|LABEL"))
  var target: String?

  @Option(
    help: ArgumentHelp(
      """
      A layer to compare with the default layer; may be repeated. Unless given, one for each \
      resolution and some of the last.
      """, valueName: "name"))
  var layer: [String] = []

  @Flag(help: "Compare every layer that all paths pass.")
  var all = false

  @Option(help: "How the maps are computed.")
  var method: Method = .gradCAM

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      """
      A figure of the maps over the photo, best first: its path, whose extension gives the format \
      (.png, .jpg, .webp, .svg, .pdf), or '-' for a PNG on standard output.
      """, valueName: "path"),
    completion: .file())
  var output: String?
}
