import ArgumentParser
import GradCAM

/// `gradcam compare`.
struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compares the maps of two models for one photo and one class.",
    usage: "gradcam compare <first> <second> <photo> [<options>]",
    discussion: """
      Draws the photo, both maps and their difference side by side, and tells how
      alike the maps are: Pearson's correlation, cosine and structural similarity,
      each 1 for equal maps.

      EXAMPLES:
        gradcam compare resnet50.onnx resnet50-int8.onnx dog.jpg --labels imagenet
            What quantization changed, as dog.compare.png.
        gradcam compare old.onnx new.onnx dog.jpg --target 243 -o why.pdf
            One class by its number.
        gradcam compare a.onnx b.onnx dog.jpg --layer-a layer4 --layer-b blocks[-1]
            Models of different kinds.
        gradcam compare a.onnx a-int8.onnx dog.jpg --at-least 0.9
            Ends with exit code 1 where the correlation is lower.
      """)

  @Argument(
    help: ArgumentHelp("An ONNX file.", valueName: "first"),
    completion: .file(extensions: ["onnx"]))
  var first: String

  @Argument(
    help: ArgumentHelp("The ONNX file to set beside it.", valueName: "second"),
    completion: .file(extensions: ["onnx"]))
  var second: String

  @Argument(
    help: ArgumentHelp("A photo, or '-' for standard input.", valueName: "photo"),
    completion: .file())
  var photo: String

  @Option(
    help: ArgumentHelp(
      "The class explained in both; unless given, what the first model predicts.",
      valueName: "predicted|INDEX|LABEL"))
  var target = "predicted"

  @Option(
    help: ArgumentHelp(
      "Where the first model's map is taken; unless given, its default layer.", valueName: "name"))
  var layerA: String?

  @Option(
    help: ArgumentHelp(
      "Where the second model's map is taken; unless given, its default layer.",
      valueName: "name"))
  var layerB: String?

  @Option(help: "How the maps are computed.")
  var method: Method = .gradCAM

  @Option(help: "What raises the target, what lowers it, or both on one scale.")
  var evidence: Evidence = .for

  @Option(
    help: ArgumentHelp(
      "The correlation below which the check has failed.", valueName: "r"))
  var atLeast: Double?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      """
      The figure's path, whose extension gives the format (.png, .jpg, .webp, .svg, .pdf), a \
      folder, '-' for standard output, or 'none'. Unless given, PHOTO.compare.png in the current \
      folder.
      """, valueName: "path"),
    completion: .file())
  var output: String?

  @Option(
    help: ArgumentHelp(
      "The colours of the maps; unless given, turbo, or coolwarm where evidence is both."))
  var colormap: Colormap?

  @Option(help: ArgumentHelp("The share of the colours over the photo.", valueName: "0…1"))
  var opacity: Double = 0.5

  @Flag(help: "Print a report for machines instead of the table.")
  var json = false

  @Flag(name: .shortAndLong, help: "Print no notes.")
  var quiet = false

  @OptionGroup(title: "How photos become numbers") var photos: PhotoOptions

  @OptionGroup(title: "The models") var reading: ModelOptions

  @OptionGroup(title: "Running") var running: RunOptions

  func validate() throws {
    guard (-1...1).contains(atLeast ?? 0) else {
      throw ValidationError("'--at-least \(atLeast ?? 0)' is not between -1 and 1")
    }
  }

  func run() throws {
    let comparison = try CompareRun(self).run()
    guard let atLeast else { return }
    let found = comparison.similarity.pearson
    if let found, found >= atLeast { return }
    let text = found.map { Decimal.text($0, digits: 3) } ?? "not defined, for a map is even"
    StandardStream.write(
      "Error: The correlation is \(text), which is not at least \(atLeast)\n", to: .error)
    throw ExitCode(1)
  }
}
