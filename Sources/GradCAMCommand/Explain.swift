import ArgumentParser
import GradCAM

/// `gradcam explain`.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows which regions of a photo made a class's score.",
    usage: "gradcam explain <model> <input> ... [<options>]",
    discussion: """
      Prints what was explained and where its map peaks, and writes pictures, called
      STEM.CLASS.overlay.png and so on after the input and the class's number.

      EXAMPLES:
        gradcam explain resnet50.onnx dog.jpg --labels imagenet
            The predicted class, as dog.243.overlay.png in the current folder.
        gradcam explain resnet50.onnx dog.jpg --target top:3 -o out/
            Three classes side by side, out/dog.figure.png, and an overlay each.
        gradcam explain resnet50.onnx dog.jpg --target 243 -o why.webp
            A class by its number, into one file.
        gradcam explain resnet50.onnx dog.jpg --target 243 --rather-than 281
            What speaks for one class rather than another.
        gradcam explain resnet50.onnx photos/ --layer layer4.1 --save npy
            The signed map of a layer for every picture in a folder.
        gradcam explain resnet50.onnx dog.jpg --target all
            The signed maps of every class, one array: dog.classes.npy.
        gradcam explain resnet50.onnx - -o - < dog.jpg > why.png
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

  @OptionGroup(title: "What is explained") var question: QuestionOptions

  @OptionGroup(title: "How the map is computed") var computing: MethodOptions

  @OptionGroup(title: "How the map is computed") var judging: FaithfulnessOptions

  @OptionGroup(title: "What is written") var writing: WritingOptions

  @OptionGroup(title: "How photos become numbers") var photo: PhotoOptions

  @OptionGroup(title: "The model") var reading: ModelOptions

  @OptionGroup(title: "Running") var running: RunOptions

  @OptionGroup(title: "Running") var sharing: JobOptions

  @OptionGroup(title: "Running") var telling: PrecisionOptions

  func validate() throws {
    if judging.faithfulness, question.asksForAllClasses {
      throw ValidationError("'--faithfulness' is for classes that are named, not for 'all'")
    }
    guard telling.comparePrecision, running.engine == .onnxRuntime else { return }
    throw ValidationError("'--compare-precision' needs '--engine openvino'")
  }

  func run() throws {
    try ExplainRun(self).run()
  }
}
