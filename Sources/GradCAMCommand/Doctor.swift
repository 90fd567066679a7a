import ArgumentParser
import GradCAM

/// `gradcam doctor`.
struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tells what this machine has to run models, and what was found in one.",
    usage: "gradcam doctor [<model>] [<options>]",
    discussion: """
      EXAMPLES:
        gradcam doctor
            Versions and places of everything used, and where it was looked for.
        gradcam doctor resnet50.onnx
            The model too: its input, logits, layers, operators without a rule.

      Exit codes: 0 all is there, 2 the model cannot be read,
      3 the machine lacks something.
      """)

  @Argument(
    help: ArgumentHelp("An ONNX file.", valueName: "model"),
    completion: .file(extensions: ["onnx"]))
  var model: String?

  @OptionGroup(title: "The model") var reading: ModelOptions

  @Flag(help: "Print a report for machines instead of the text.")
  var json = false

  func run() throws {
    let surroundings = SurroundingsReport()
    var sections = surroundings.sections
    var failure = surroundings.failure
    if let path = model {
      do throws(DiagnosticError) {
        sections.append(ModelReport(try reading.model(path)).section)
      } catch {
        failure = failure ?? error
      }
    }
    let text =
      json
      ? JSONValue.object(sections.map { ($0.key, $0.json) }).text() + "\n"
      : sections.map(\.text).joined(separator: "\n")
    StandardStream.write(text, to: .output)
    if let failure { throw failure }
  }
}
