import ArgumentParser
import GradCAM
import Imaging

/// `gradcam check`.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Checks whether a model's maps can be believed: the gate for CI.",
    usage: "gradcam check <model> <data> ... [<options>]",
    discussion: """
      Sanity: maps must change when the weights do (all from the logits down at \
      random, each part alone, or a model that learned labels at random), must not \
      change with noise that nobody sees, and must be the same twice; the model's \
      outputs must stay its own to the bit. Places: limits of any metric of \
      'evaluate', and of the share of the evidence on a region, as YAML says:

        methods: [gradcam]
        sanity:
          cascading: {measure: hog, at-most: 0.5}
          noise: {level: 0.02, at-least: 0.7}
        metrics:
          - {metric: energy-pointing-game, class: opacity, at-least: 0.1}
        regions:
          - {name: corner, box: [0, 0, 0.2, 0.2], at-most: 0.1}
          - {name: marker, annotated: marker, class: opacity, at-most: 0.1}

      Ends with exit code 1 where a check fails.

      EXAMPLES:
        gradcam check resnet50.onnx photos/
            Sanity of Grad-CAM on eight photos.
        gradcam check resnet50.onnx photos/ --method guided-backprop
            Which hardly depends on the weights, and fails.
        gradcam check xrays.onnx scans/ --config check.yaml --junit check.xml
            With limits of one's own, for CI.
      """)

  @Argument(
    help: ArgumentHelp("An ONNX file.", valueName: "model"),
    completion: .file(extensions: ["onnx"]))
  var model: String

  @Argument(
    help: ArgumentHelp(
      "Photos and folders of photos; for limits of places one folder with annotations.",
      valueName: "data"), completion: .file())
  var data: [String] = []

  @Option(
    help: ArgumentHelp("What is checked and held to which limits, in YAML.", valueName: "FILE"),
    completion: .file(extensions: ["yaml", "yml"]))
  var config: String?

  @Option(help: "A method that is checked; may be repeated. Unless given, gradcam.")
  var method: [Method] = []

  @Option(
    help: ArgumentHelp(
      "Where maps are taken; unless given, the default layer.", valueName: "name"))
  var layer: String?

  @Option(
    help: ArgumentHelp("Photos that sanity is checked on; 8 unless given.", valueName: "n"))
  var photos: Int?

  @Option(
    help: ArgumentHelp(
      "Parts that the weights are made random in; 8 unless given.", valueName: "n"))
  var steps: Int?

  @Option(help: ArgumentHelp("What random draws start from; 0 unless given.", valueName: "n"))
  var seed: UInt32?

  @Option(
    help: ArgumentHelp(
      "A model of the same architecture that learned labels at random.", valueName: "FILE"),
    completion: .file(extensions: ["onnx"]))
  var randomLabels: String?

  @Option(
    help: ArgumentHelp("Write JUnit's XML.", valueName: "FILE"),
    completion: .file(extensions: ["xml"]))
  var junit: String?

  @Option(
    help: ArgumentHelp("Write a summary in Markdown.", valueName: "FILE"),
    completion: .file(extensions: ["md"]))
  var markdown: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write a page with curves and maps.", valueName: "FILE.html"),
    completion: .file(extensions: ["html"]))
  var output: String?

  @Flag(help: "Print a report for machines instead of the table.")
  var json = false

  @Flag(name: .shortAndLong, help: "Print no notes and no progress.")
  var quiet = false

  @OptionGroup(title: "How photos become numbers") var photo: PhotoOptions

  @OptionGroup(title: "The model") var reading: ModelOptions

  @OptionGroup(title: "Running") var running: RunOptions

  func validate() throws {
    for case (let name, let count?) in [("photos", photos), ("steps", steps)]
    where !(1...100_000).contains(count) {
      throw ValidationError("'--\(name) \(count)' is not between 1 and 100000")
    }
  }

  func run() throws {
    let report = try CheckRun(self).run()
    if let output { try report.page.write(to: output) }
    for case (let path?, let text) in [(junit, report.jUnit), (markdown, report.markdown)] {
      try OutputPlace.file(path).make()
      try AtomicFile.write(Array(text.utf8), to: path)
    }
    StandardStream.write(json ? report.json.text() + "\n" : report.text, to: .output)
    if !json, !quiet {
      for note in report.notes {
        StandardStream.write(TextStyle.yellow("note:", on: .output) + " \(note)\n", to: .output)
      }
    }
    guard !report.failures.isEmpty else { return }
    for failure in report.failures {
      StandardStream.write(
        "Error: \(failure.subject), \(failure.name): \(CheckReport.verdict(failure))\n",
        to: .error)
    }
    throw ExitCode(1)
  }
}
