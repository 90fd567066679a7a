import ArgumentParser
import GradCAM

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Explains one input whenever it is told to, so that others can take turns with it.
///
/// For each line on the standard input it writes a line with what one explanation took.
struct Turns: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Explain one input at each line read, and print the milliseconds.")

  @Argument var model: String
  @Argument(help: "An '.npy' file with the model's numbers.") var input: String
  @Option var target: Int
  @Option var layer: String?
  @Option var method: String
  @Option var preset = "paper"
  @Option var steps: Int?
  @Option var threads: Int?

  func run() throws {
    guard var method = Method.named(method), let preset = Preset.named(preset) else {
      throw ValidationError("there is no such method or preset")
    }
    if let steps { method.parameters.steps = steps }
    let explainer = try Explainer(
      Model(contentsOf: model), options: ExplainerOptions(threads: threads))
    let numbers = try FloatTensor(contentsOf: input)
    let layers = try explainer.model.layers(named: layer.map { [$0] } ?? [], for: method)
    let options = ExplanationOptions(method: method, preset: preset)
    print("ready")
    fflush(nil)
    while readLine() != nil {
      let time = try ContinuousClock().measure {
        _ = try explainer.explanations(
          of: numbers, for: [.class(target)], at: layers, options: options)
      }
      print(time.milliseconds)
      // Whoever waits for the answer reads a pipe, into which nothing is printed line by line.
      fflush(nil)
    }
  }
}
