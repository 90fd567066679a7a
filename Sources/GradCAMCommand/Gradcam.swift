import ArgumentParser
import GradCAM

/// The command.
@main
struct Gradcam: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gradcam",
    abstract: "Shows why a vision model, given as an ONNX file, decided what it did.",
    discussion: """
      EXAMPLES:
        gradcam explain resnet50.onnx dog.jpg --labels imagenet
            Writes dog.243.overlay.png: the photo, and over it what made the score.
        gradcam layers resnet50.onnx
            Lists the layers that can be looked at.
        gradcam methods
            Lists the ways to explain, with what each costs and needs.
        gradcam doctor resnet50.onnx
            Tells what was found in the model, and what this machine has to run it.

      Exit codes: 0 done, 1 a check failed, 2 bad usage or input,
      3 the machine lacks something.
      """,
    version: GradCAMVersion.current,
    subcommands: [
      Explain.self, Layers.self, Methods.self, Compare.self, Bake.self, Evaluate.self, Diff.self,
      Check.self,
      Doctor.self,
    ])

  /// Runs the command, and ends the process with one of the documented exit codes.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      Ending(error).exit()
    }
  }
}
