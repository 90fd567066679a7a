import ArgumentParser
import GradCAM

/// `gradcam evaluate`.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures how good a model's maps are on photos with annotations.",
    usage: "gradcam evaluate <model> <data> [<options>]",
    discussion: """
      The folder holds photos and what is on them: COCO's JSON, PASCAL VOC's XML, YOLO's text, a CSV \
      table, or 'boxes.json'. Which it is shows in the content. What is wrong with annotations is \
      told with file and line.

      Every class on every photo is explained by every method, and by controls that know nothing: \
      Random-CAM, a Gaussian in the middle, an edge detector. Each metric has its mean with a \
      bootstrap interval; methods are compared on the same photos by a paired test.

      A run that was interrupted goes on where it stopped. Results do not depend on '--jobs'.

      EXAMPLES:
        gradcam evaluate resnet50.onnx photos/ --labels imagenet
            Where maps peak, and how their boxes fit.
        gradcam evaluate resnet50.onnx coco/ --labels imagenet --mapping coco.json \\
          --method gradcam --method layercam --metric all -o why.html -o why.sqlite
            Everything of two methods, as a page and a database.
        gradcam evaluate cxr.onnx scans/ --regions
            Whose evidence lies on the border, the background or writing.
        gradcam evaluate document-pages.onnx pages/ --at-least 0.9
            Ends with exit code 1 where the first metric is lower.
      """)

  @Argument(
    help: ArgumentHelp("An ONNX file.", valueName: "model"),
    completion: .file(extensions: ["onnx"]))
  var model: String

  @Argument(
    help: ArgumentHelp("A folder of photos with annotations.", valueName: "data"),
    completion: .directory)
  var folder: String

  @Option(
    help: ArgumentHelp(
      """
      The annotations, where the folder has several: a file in it, or coco, voc, yolo, csv, boxes or \
      pairs.
      """, valueName: "FILE|kind"))
  var annotations: String?

  @Option(
    help: ArgumentHelp(
      """
      Which classes the names in annotations mean: JSON from a name to classes, or a table of two \
      columns. Of several classes the most probable is explained.
      """, valueName: "FILE"),
    completion: .file(extensions: ["json", "csv"]))
  var mapping: String?

  @Option(help: "Which classes on photos are looked at; may be repeated.")
  var only: [EvaluationFilter] = []

  @Option(
    help: ArgumentHelp(
      """
      What is measured; may be repeated. A metric, with numbers of its own after commas as in \
      'deletion,steps=20,baseline=mean'; or localisation, faithfulness, map or all. Unless given, \
      localisation, or faithfulness where no places are told.
      """, valueName: "metric"),
    completion: .list(MetricChoice.words))
  var metric: [MetricChoice] = []

  @Option(help: ArgumentHelp("How many pixels outside still hit.", valueName: "pixels"))
  var tolerance = 0

  @Option(help: "How maps are computed; may be repeated. 'gradcam methods' tells of each.")
  var method: [Method] = [.gradCAM]

  @Option(
    help: ArgumentHelp(
      "Where maps are taken; may be repeated. Unless given, the default layer.", valueName: "name"))
  var layer: [String] = []

  @Flag(help: "Tell how much evidence lies on the border, on the background and on writing.")
  var regions = false

  @Option(
    help: ArgumentHelp(
      """
      The same of a region drawn white on a picture, which is stretched over each photo; may be \
      repeated.
      """, valueName: "NAME=FILE"))
  var region: [RegionChoice] = []

  @Option(
    help: ArgumentHelp(
      "The mean of the first metric, by the first method, below which the check has failed.",
      valueName: "value"))
  var atLeast: Double?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      """
      A file to write, by its extension: .html a page, .csv the table, .sqlite everything, .json \
      the report; may be repeated.
      """, valueName: "FILE"),
    completion: .file(extensions: ["html", "csv", "sqlite", "json"]))
  var output: [String] = []

  @Flag(help: "Print a report for machines instead of the tables.")
  var json = false

  @Flag(help: "Print a table class by class also where there are many.")
  var byClass = false

  @Flag(name: .shortAndLong, help: "Print no progress and no problems.")
  var quiet = false

  @Option(
    help: ArgumentHelp(
      """
      Where what was found is kept until the end, and after it. Unless given, among the caches, and \
      removed at the end.
      """, valueName: "FILE"))
  var journal: String?

  @OptionGroup(title: "How the map is computed") var tuning: TuningOptions

  @OptionGroup(title: "How photos become numbers") var photo: PhotoOptions

  @OptionGroup(title: "The model") var reading: ModelOptions

  @OptionGroup(title: "Sharing the cores") var sharing: JobOptions

  @OptionGroup(title: "Running") var running: RunOptions

  func validate() throws {
    _ = try tuning.tuned(method)
    guard (0...100_000).contains(tolerance) else {
      throw ValidationError("'--tolerance \(tolerance)' is not between 0 and 100000")
    }
    if let atLeast, !atLeast.isFinite {
      throw ValidationError("'--at-least \(atLeast)' is no number")
    }
    if atLeast != nil, let first = metric.first?.metrics.first, first.direction == .lower {
      throw ValidationError(
        "'--at-least' is for metrics of which higher is better, not '\(first.name)'")
    }
    for file in output where EvaluationOutput(file) == nil {
      throw ValidationError(
        "'-o \(file)' names no kind of file that is written: .html, .csv, .sqlite or .json")
    }
  }

  func run() throws {
    var failure: String?
    try EvaluationRun(self).run { summary throws(DiagnosticError) in
      for file in output { try EvaluationOutput(file)?.write(summary, to: file) }
      StandardStream.write(
        json ? summary.json.text() + "\n" : summary.text(byClass: byClass), to: .output)
      guard let atLeast, let mean = summary.value(0, 0, .all)?.mean, mean < atLeast else { return }
      let number = EvaluationSummary.number
      failure =
        "Error: \(summary.setting.metrics[0].name) of \(summary.setting.ways[0].title) is "
        + "\(number(mean)), which is less than \(number(atLeast))\n"
    }
    guard let failure else { return }
    StandardStream.write(failure, to: .error)
    throw ExitCode(1)
  }
}

// MARK: - What options come to

extension Evaluate {
  /// How maps are made: what speaks for a class.
  var explanationOptions: [ExplanationOptions] {
    ((try? tuning.tuned(method)) ?? method).map { tuning.options($0, showing: .for) }
  }

  /// What is measured, each once.
  func metrics(hasPlaces: Bool) -> [Metric] {
    let asked = metric.flatMap(\.metrics)
    let found = asked.isEmpty ? MetricChoice.metrics(of: hasPlaces ? .truth : .passes) : asked
    var metrics: [Metric] = []
    for one in found where !metrics.contains(one) {
      var one = one
      if one.name == Metric.pointingGame.name, tolerance > 0 {
        one.parameters.tolerance = tolerance
      }
      metrics.append(one)
    }
    return metrics
  }

  /// The regions that evidence is looked for on.
  func regionList() throws(DiagnosticError) -> [EvaluatedRegion] {
    var list = regions ? EvaluatedRegion.customary : []
    for choice in region {
      list.append(EvaluatedRegion(name: choice.name, mask: try Image(contentsOf: choice.path)))
    }
    return list
  }
}
