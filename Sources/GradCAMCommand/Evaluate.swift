import ArgumentParser
import GradCAM

/// `gradcam evaluate`.
struct Evaluate: ParsableCommand {
  /// A measure of how good maps are.
  enum Metric: String, CaseIterable, ExpressibleByArgument {
    case pointingGame = "pointing-game"
  }

  static let configuration = CommandConfiguration(
    abstract: "Measures how often a class's map peaks on the class.",
    usage: "gradcam evaluate <model> <folder> [<options>]",
    discussion: """
      The folder holds pictures and 'boxes.json', which tells where each class is:
        [{"file": "page.jpg", "width": 768, "height": 1024,
          "elements": [{"class": "stamp", "box": [580, 132, 726, 246]}]}]
      with boxes as left, top, right, bottom in pixels, right and bottom excluded.

      Pointing game: every class on every picture is explained; the map, upsampled to the picture, \
      hits if its peak lies in one of the class's boxes. Higher is better. 'centre' is what the \
      picture's middle would hit.

      EXAMPLES:
        gradcam evaluate document-pages.onnx pages/
        gradcam evaluate document-pages.onnx pages/ --at-least 0.9
            Ends with exit code 1 where the rate of hits is lower.
      """)

  @Argument(
    help: ArgumentHelp("An ONNX file.", valueName: "model"),
    completion: .file(extensions: ["onnx"]))
  var model: String

  @Argument(
    help: ArgumentHelp("A folder of pictures with 'boxes.json'.", valueName: "folder"),
    completion: .directory)
  var folder: String

  @Option(help: "What is measured.")
  var metric: Metric = .pointingGame

  @Option(help: ArgumentHelp("How many pixels outside a box still hit.", valueName: "pixels"))
  var tolerance = 0

  @Option(
    help: ArgumentHelp(
      "Where the map is taken; unless given, the default layer.", valueName: "name"))
  var layer: String?

  @Option(
    help: ArgumentHelp("The rate of hits below which the check has failed.", valueName: "rate"))
  var atLeast: Double?

  @OptionGroup(title: "How the map is computed") var computing: MethodOptions

  @OptionGroup(title: "How photos become numbers") var photo: PhotoOptions

  @OptionGroup(title: "The model") var reading: ModelOptions

  @Flag(help: "Print a report for machines instead of the table.")
  var json = false

  @Flag(name: .shortAndLong, help: "Print no progress.")
  var quiet = false

  @OptionGroup(title: "Running") var running: RunOptions

  func validate() throws {
    guard (0...100_000).contains(tolerance) else {
      throw ValidationError("'--tolerance \(tolerance)' is not between 0 and 100000")
    }
    guard (0...1).contains(atLeast ?? 0) else {
      throw ValidationError("'--at-least \(atLeast ?? 0)' is not between 0 and 1")
    }
  }

  func run() throws {
    let report = try PointingGameRun(self).report()
    StandardStream.write(json ? report.json.text() + "\n" : report.text, to: .output)
    guard let atLeast, let rate = report.total.hits.rate, rate < atLeast else { return }
    StandardStream.write(
      "Error: \(Decimal.percent(rate)) hit, which is less than \(Decimal.percent(atLeast))\n",
      to: .error)
    throw ExitCode(1)
  }
}
