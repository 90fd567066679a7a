import ArgumentParser
import GradCAM

/// `gradcam methods`.
struct Methods: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lists the ways to explain, with what each costs and needs.",
    usage: "gradcam methods [<model>] [<options>]",
    discussion: """
      A cost is what one image and one class take: runs of the model, runs with the gradient, or
      runs of the head, which is the part of the model after the layer. It is told for a model
      and a layer where they are given, else for a layer of 2048 x 7 x 7 and 224 x 224 pixels.

      EXAMPLES:
        gradcam methods
        gradcam methods resnet50.onnx --layer layer3
            What each would cost there.
        gradcam explain resnet50.onnx dog.jpg --method layercam
      """)

  @Argument(
    help: ArgumentHelp("An ONNX file.", valueName: "model"),
    completion: .file(extensions: ["onnx"]))
  var model: String?

  @Option(
    help: ArgumentHelp(
      "Where maps are taken; unless given, the default layer.", valueName: "name"))
  var layer: String?

  @Flag(help: "Print a report for machines instead of the table.")
  var json = false

  @OptionGroup(title: "The model") var reading: ModelOptions

  func run() throws {
    let list = try MethodList(self)
    StandardStream.write(json ? list.json.text() + "\n" : list.text, to: .output)
  }
}
