import ArgumentParser
import GradCAM

/// `gradcam diff`.
struct Diff: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tells on which photos two versions of a model look differently.",
    usage: "gradcam diff <old> <new> <photo> ... [<options>]",
    discussion: """
      Explains the class that the old model predicts by both models, and tells for \
      each photo how alike the maps are and whether the prediction changed: float \
      beside int8, before and after a training, whole and pruned. The photos whose \
      maps changed most are drawn in a report.

      EXAMPLES:
        gradcam diff resnet50.onnx resnet50-int8.onnx photos/
            Writes resnet50-int8.diff.html, with the eight most changed photos.
        gradcam diff a.onnx b.onnx photos/ --at-least 0.9 --changed-at-most 0.02
            Ends with exit code 1 where a photo's maps correlate less, or where more
            than 2 % of the predictions changed.
        gradcam diff a.onnx b.onnx photos/ --at-least 0.9 --except 0.05
            One photo in twenty may be less alike.
        gradcam diff a.onnx b.onnx photos/ --layer layer4 --new-layer blocks[-1]
            Models whose layers have other names.
      """)

  /// How likeness is told where one number tells it.
  enum Measure: String, CaseIterable, ExpressibleByArgument {
    case pearson, spearman, cosine, ssim, hog

    /// The name in sentences.
    var title: String {
      switch self {
      case .pearson: "correlation"
      case .spearman: "rank correlation"
      case .cosine: "cosine"
      case .ssim: "SSIM"
      case .hog: "correlation of gradients"
      }
    }

    /// The number; nil where a map is even.
    func value(of similarity: MapSimilarity) -> Double? {
      switch self {
      case .pearson: similarity.pearson
      case .spearman: similarity.spearman
      case .cosine: similarity.cosine
      case .ssim: similarity.ssim
      case .hog: similarity.hog
      }
    }
  }

  @Argument(
    help: ArgumentHelp("The version that is there.", valueName: "old"),
    completion: .file(extensions: ["onnx"]))
  var old: String

  @Argument(
    help: ArgumentHelp("The version that is to come.", valueName: "new"),
    completion: .file(extensions: ["onnx"]))
  var new: String

  @Argument(
    help: ArgumentHelp("Photos and folders of photos.", valueName: "photo"), completion: .file())
  var photos: [String]

  @Option(
    help: ArgumentHelp(
      "The class explained; unless given, what the old model predicts.",
      valueName: "predicted|INDEX|LABEL"))
  var target = "predicted"

  @Option(
    help: ArgumentHelp(
      "Where maps are taken; unless given, each model's default layer. Repeated, maps are joined.",
      valueName: "name"))
  var layer: [String] = []

  @Option(
    help: ArgumentHelp(
      "The same in the new model, where it has another name there.", valueName: "name"))
  var newLayer: [String] = []

  @Option(help: "The number by which photos are ordered and held to '--at-least'.")
  var measure: Measure = .pearson

  @Option(
    help: ArgumentHelp(
      "How alike the maps of a photo must be; a map that is even is not alike.",
      valueName: "number"))
  var atLeast: Double?

  @Option(
    help: ArgumentHelp("The share of photos that may be less alike.", valueName: "0…1"))
  var except: Double = 0

  @Option(
    help: ArgumentHelp(
      "The share of photos whose predicted class may have changed.", valueName: "0…1"))
  var changedAtMost: Double?

  @Option(help: ArgumentHelp("The most changed photos drawn.", valueName: "n"))
  var worst = 8

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      """
      The report's path: a page (.html) or a figure (.png, .jpg, .webp, .svg, .pdf), or 'none'. \
      Unless given, NEW.diff.html in the current folder.
      """, valueName: "path"),
    completion: .file())
  var output: String?

  @Option(
    help: ArgumentHelp(
      "The colours of the maps; unless given, viridis, or coolwarm where evidence is both."))
  var colormap: Colormap?

  @Option(help: ArgumentHelp("The share of the colours over the photo.", valueName: "0…1"))
  var opacity: Double = 0.5

  @Option(help: "What raises the target, what lowers it, or both on one scale.")
  var evidence: Evidence?

  @Flag(help: "Print a report for machines instead of the table.")
  var json = false

  @Flag(name: .shortAndLong, help: "Print no notes and no progress.")
  var quiet = false

  @OptionGroup(title: "How maps are computed") var computing: MethodOptions

  @OptionGroup(title: "How photos become numbers") var preparing: PhotoOptions

  @OptionGroup(title: "The models") var reading: ModelOptions

  @OptionGroup(title: "Running") var running: RunOptions

  @OptionGroup(title: "Many photos") var sharing: JobOptions

  func validate() throws {
    guard (-1...1).contains(atLeast ?? 0) else {
      throw ValidationError("'--at-least \(atLeast ?? 0)' is not between -1 and 1")
    }
    for (name, share) in [
      ("except", except), ("changed-at-most", changedAtMost ?? 0), ("opacity", opacity),
    ] where !(0...1).contains(share) {
      throw ValidationError("'--\(name) \(share)' is not between 0 and 1")
    }
    guard (0...1000).contains(worst) else {
      throw ValidationError("'--worst \(worst)' is not between 0 and 1000")
    }
  }

  func run() throws {
    let failures = try DiffRun(self).run()
    guard !failures.isEmpty else { return }
    for failure in failures { StandardStream.write("Error: \(failure)\n", to: .error) }
    throw ExitCode(1)
  }
}
