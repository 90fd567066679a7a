import ArgumentParser
import GradCAM

/// The command.
@main
struct Gradcam: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gradcam", abstract: "Shows why a vision model decided what it did.")
}
