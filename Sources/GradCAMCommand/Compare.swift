import ArgumentParser
import GradCAM

/// `gradcam compare`.
struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Sets maps of one photo side by side and tells how alike they are.",
    usage: """
      gradcam compare <model> <photo> --target A --target B ... [<options>]
      gradcam compare <model> <photo> --layer L1 --layer L2 ... [<options>]
      gradcam compare <model> <photo> --method M1 --method M2 ... [<options>]
      gradcam compare <first> <second> <photo> [<options>]
      """,
    discussion: """
      Of targets it draws each heatmap over its overlay, and what speaks for the
      first rather than the others; of layers a row from the first to the last, with
      the size of their cells and what a cell sees of the image; of methods and of
      two models the maps side by side. How alike maps are is told by Pearson's
      correlation, cosine and structural similarity, each 1 for equal maps.

      EXAMPLES:
        gradcam compare resnet50.onnx pets.jpg --target 243 --target 281
            Two classes, as pets.compare.png; without '--target' the two most
            probable.
        gradcam compare resnet50.onnx pets.jpg --layer layer2 --layer layer4
            Coarse and fine.
        gradcam compare resnet50.onnx pets.jpg --method gradcam --method cam
            How far two methods agree.
        gradcam compare resnet50.onnx resnet50-int8.onnx pets.jpg --at-least 0.9
            What quantization changed; ends with exit code 1 where the correlation
            is lower.
        gradcam compare a.onnx b.onnx dog.jpg --layer-a layer4 --layer-b blocks[-1]
            Models of different kinds.
      """)

  @Argument(
    help: ArgumentHelp(
      "An ONNX file, another one if models are compared, and a photo or '-' for standard input.",
      valueName: "path"),
    completion: .file())
  var paths: [String]

  @Option(
    help: ArgumentHelp(
      """
      A class explained; repeated, or as top:3, classes are compared. Unless given, the two most \
      probable where nothing else is compared, else what the first model predicts.
      """, valueName: "predicted|INDEX|LABEL|top:K"))
  var target: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      Where the maps are taken; repeated, layers are compared. Unless given, the default layer.
      """, valueName: "name"))
  var layer: [String] = []

  @Option(
    help: ArgumentHelp(
      "Where the first model's map is taken; unless given, its default layer.", valueName: "name"))
  var layerA: String?

  @Option(
    help: ArgumentHelp(
      "Where the second model's map is taken; unless given, its default layer.",
      valueName: "name"))
  var layerB: String?

  @Option(
    help: ArgumentHelp(
      "How the maps are computed; repeated, methods are compared. Unless given, gradcam."))
  var method: [Method] = []

  @Option(
    help: """
      What raises the target, what lowers it, or both on one scale. Unless given, as preset: for, \
      but both under captum.
      """)
  var evidence: Evidence?

  @Option(
    help: """
      Whether each map's colours span its own values, or those of all maps together.
      """)
  var mapScale: MapScale = .own

  @Option(
    help: ArgumentHelp(
      "The correlation with the first map below which the check has failed.", valueName: "r"))
  var atLeast: Double?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      """
      The figure's path, whose extension gives the format (.png, .jpg, .webp, .svg, .pdf; \
      .html for a page to look at in a browser), a folder, '-' for standard output, or 'none'. Unless given, PHOTO.compare.png in the current \
      folder.
      """, valueName: "path"),
    completion: .file())
  var output: String?

  @Option(
    help: ArgumentHelp(
      "The colours of the maps; unless given, viridis, or coolwarm where evidence is both."))
  var colormap: Colormap?

  @Option(help: ArgumentHelp("The share of the colours over the photo.", valueName: "0…1"))
  var opacity: Double = 0.5

  @Flag(help: "Print a report for machines instead of the table.")
  var json = false

  @Flag(name: .shortAndLong, help: "Print no notes.")
  var quiet = false

  @OptionGroup(title: "How maps are computed") var tuning: TuningOptions

  @OptionGroup(title: "How photos become numbers") var photos: PhotoOptions

  @OptionGroup(title: "The models") var reading: ModelOptions

  @OptionGroup(title: "Running") var running: RunOptions

  func validate() throws {
    guard (2...3).contains(paths.count) else {
      throw ValidationError(
        "'gradcam compare' takes a model and a photo, or two models and a photo")
    }
    guard (-1...1).contains(atLeast ?? 0) else {
      throw ValidationError("'--at-least \(atLeast ?? 0)' is not between -1 and 1")
    }
    _ = try tuning.tuned(distinctMethods)
  }

  func run() throws {
    try check()
    let found =
      paths.count == 2 ? try MapComparisonRun(self).run() : try ModelComparisonRun(self).run()
    guard let atLeast else { return }
    if let found, found >= atLeast { return }
    let text = found.map { Decimal.text($0, digits: 3) } ?? "not defined, for a map is even"
    StandardStream.write(
      "Error: The correlation is \(text), which is not at least \(atLeast)\n", to: .error)
    throw ExitCode(1)
  }
}

/// Whether maps of a comparison have a scale each or one in common.
enum MapScale: String, CaseIterable, ExpressibleByArgument {
  case own, shared
}

// MARK: - What all comparisons share

extension Compare {
  /// The methods asked for, each once, as they were named.
  private var distinctMethods: [Method] {
    var methods: [Method] = []
    for method in method where !methods.contains(method) { methods.append(method) }
    return methods.isEmpty ? [.gradCAM] : methods
  }

  /// How each of the methods explains; all show the same evidence.
  var ways: [ExplanationOptions] {
    let methods = (try? tuning.tuned(distinctMethods)) ?? distinctMethods
    let shown = evidence ?? (methods.allSatisfy(\.isSigned) ? tuning.preset.evidence : .for)
    return methods.map { tuning.options($0, showing: shown) }
  }

  /// Refuses options that nothing can come of.
  private func check() throws(DiagnosticError) {
    if ways[0].evidence == .both, let colormap, !colormap.isDiverging {
      throw .colormapNeedsSigns(colormap.name)
    }
    guard (0...1).contains(opacity) else { throw .opacityOutOfRange(opacity) }
  }

  /// The one photo at a path.
  func photo(_ path: String) throws(DiagnosticError) -> ExplainInput {
    let inputs = try ExplainInput.list([path])
    guard inputs.count == 1, inputs[0].array == nil else { throw .comparedInput(path) }
    return inputs[0]
  }

  /// What explains with the model at a path.
  func explainer(_ path: String) throws(DiagnosticError) -> Explainer {
    let model = try reading.model(path)
    return try Explainer(
      model, preprocessing: photos.preprocessing(for: model, size: reading.size?.size),
      labels: photos.labels(for: model), options: running.explainerOptions(pictureCount: 1))
  }

  /// Tells what must be known, with the result, or beside it where a picture is the result.
  func tell(_ notes: [String], isPiped: Bool) {
    guard !quiet else { return }
    let stream: StandardStream = isPiped ? .error : .output
    for note in notes {
      StandardStream.write(TextStyle.yellow("note:", on: stream) + " \(note)\n", to: stream)
    }
  }
}
