import ArgumentParser
import GradCAM

/// `gradcam bake`.
struct Bake: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes a model that gives its own heatmap, for whatever runs ONNX.",
    usage: "gradcam bake <model> -o <file.onnx> [<options>]",
    discussion: """
      The new file gives what the model gives, unchanged to the bit, and 'heatmap',
      [N, H, W]. It needs nothing of ours to run. Before it gets its name it is
      verified: by the rules of the format, beside the plain model, and beside
      'gradcam explain'.

      EXAMPLES:
        gradcam bake resnet50.onnx -o why.onnx
            Grad-CAM of the predicted class, 0 to 1, as the default layer has it.
        gradcam bake resnet50.onnx -o why.onnx --size input --uint8
            As large as the image, in bytes.
        gradcam bake resnet50.onnx -o why.onnx --target input
            An input 'target', int64 [N], says the class; without it the predicted.
        gradcam bake resnet50.onnx -o why.onnx --target top:5
            The five most probable classes of each image, [N, 5, H, W].
        gradcam bake resnet50.onnx -o why.onnx --layer layer3 --layer layer4
            Two layers' maps, joined.
        gradcam bake resnet50.onnx -o why.onnx --weights original
            Some hundred kilobytes that point to the weights in resnet50.onnx.
      """)

  @Argument(
    help: ArgumentHelp("An ONNX file.", valueName: "model"),
    completion: .file(extensions: ["onnx"]))
  var model: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The file to write.", valueName: "file.onnx"),
    completion: .file(extensions: ["onnx"]))
  var output: String

  @OptionGroup(title: "What is explained") var question: QuestionOptions

  @Option(help: "How the map is computed; 'gradcam methods' tells of each.")
  var method: Method = .gradCAM

  @Option(
    help: ArgumentHelp(
      "Rows and columns of the heatmap: the layer's, the model's input's, or these.",
      valueName: "layer|input|HxW"))
  var size: HeatmapSize = HeatmapSize(size: .layer)

  @Flag(help: "The numbers of the heatmap: 0 to 1, the signed map, or bytes.")
  var numbers: HeatmapNumbers = .normalize

  @Option(
    help: """
      Where the weights are: as they were, all in the new file, all in a file beside it, or all in \
      the model's files, which then have to stay.
      """)
  var weights: BakedWeights = .kept

  @Flag(inversion: .prefixedNo, help: "Verify the file before it gets its name.")
  var verify = true

  @Option(
    help: ArgumentHelp(
      "The classes' names, where targets are labels; unless given, those stored in the model.",
      valueName: "FILE|imagenet"),
    completion: .file(extensions: ["txt", "json"]))
  var labels: String?

  @Flag(help: "Print a report for machines instead of the text.")
  var json = false

  @Flag(name: .shortAndLong, help: "Print no notes.")
  var quiet = false

  @Option(
    help: ArgumentHelp(
      "The image size, where the model leaves it open; 224x224 unless given.", valueName: "WxH"))
  var inputSize: ImageSize?

  @OptionGroup(title: "The model") var graph: GraphOptions

  func run() throws {
    try BakeRun(self).run()
  }
}
