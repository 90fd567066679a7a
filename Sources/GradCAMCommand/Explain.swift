import ArgumentParser
import GradCAM

/// `gradcam explain`.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows which regions of a photo made a class's score.",
    usage: "gradcam explain <model> <input> ... [<options>]",
    discussion: """
      Prints what was explained and where its map peaks, and writes pictures. Files are called
      STEM.CLASS.overlay.png and so on, after the input and the class's number.

      EXAMPLES:
        gradcam explain resnet50.onnx dog.jpg --labels imagenet
            The predicted class, as dog.243.overlay.png in the current folder.
        gradcam explain resnet50.onnx dog.jpg --target top:3 -o out/
            Three classes side by side: out/dog.figure.png, and an overlay each.
        gradcam explain resnet50.onnx dog.jpg --labels imagenet --target 'tabby' -o why.webp
            A class by its label, into one file.
        gradcam explain resnet50.onnx dog.jpg --target 243 --rather-than 281
            What speaks for one class rather than another.
        gradcam explain resnet50.onnx photos/ --layer layer3 --layer layer4 --save npy -o maps/
            The raw maps of two layers for every picture in a folder.
        curl -s https://example.org/dog.jpg | gradcam explain resnet50.onnx - -o - > why.png
            From standard input to standard output.
      """)

  @Argument(
    help: ArgumentHelp("An ONNX file.", valueName: "model"),
    completion: .file(extensions: ["onnx"]))
  var model: String

  @Argument(
    help: ArgumentHelp(
      """
      Photos, folders of photos, '-' for standard input, or '.npy' files of float32 [C, H, W] or \
      [N, C, H, W], whose numbers are used as they are.
      """, valueName: "input"),
    completion: .file())
  var inputs: [String]

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

  @OptionGroup(title: "How photos become numbers") var photo: PhotoOptions

  @OptionGroup(title: "The model") var reading: ModelOptions

  @Option(
    help: ArgumentHelp(
      "The colours of the map; unless given, turbo, or coolwarm where evidence is both."))
  var colormap: Colormap?

  @Option(help: ArgumentHelp("The share of the colours over the photo.", valueName: "0…1"))
  var opacity: Double = 0.5

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      """
      A folder, or for a single file its path, whose extension gives the format (.png, .jpg, \
      .webp), or '-' for standard output. Unless given, the current folder.
      """, valueName: "path"),
    completion: .file())
  var output: String?

  @Option(
    help: ArgumentHelp(
      """
      What is written, with commas: overlay, heatmap, figure (all targets side by side), npy (the \
      signed map as the layer has it), heatmap-npy (0 to 1, as large as the model's input), \
      gradient-npy, activation-npy; or none. Unless given, overlay, and for several targets \
      the figure too.
      """, valueName: "kinds"),
    completion: .list(SavedKind.allCases.map(\.rawValue)),
    transform: SavedKind.list)
  var save: [SavedKind]?

  @Flag(help: "Print a report for machines instead of the table.")
  var json = false

  @Flag(help: "Draw the overlays in the terminal too.")
  var preview = false

  @Flag(name: .shortAndLong, help: "Print neither progress nor notes.")
  var quiet = false

  @OptionGroup(title: "Running") var running: RunOptions

  func run() throws {
    try ExplainRun(self).run()
  }
}
