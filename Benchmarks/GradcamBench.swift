import ArgumentParser
import GradCAM

/// Measures an explanation against plain inference of the same model, in one process.
@main
struct GradcamBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gradcam-bench",
    abstract: "Times explanation and plain inference of models side by side.",
    subcommands: [
      Ratio.self, Once.self, Build.self, Turns.self, Serve.self, Precision.self, Metrics.self,
      Scores.self,
    ])
}

/// The photo's numbers: even noise, the same at every run.
func noise(for model: Model) -> FloatTensor {
  var state: UInt64 = 1
  let shape = [model.input.channels, model.input.size.height, model.input.size.width]
  let values = (0..<shape.reduce(1, *)).map { _ -> Float in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(state >> 40) / Float(1 << 24) * 2 - 1
  }
  return FloatTensor(shape: shape, values: values)
}

/// Plain inference and explanation in turn, so that both see the same machine.
struct Ratio: ParsableCommand {
  @Argument var models: [String]
  @Option var runs = 40
  @Option var threads: Int?

  func run() throws {
    print(
      "model                 plain ms  explained ms  in the runtime   ratio"
        + "  (medians of \(runs) runs in turn)")
    for path in models {
      let explainer = try Explainer(
        Model(contentsOf: path), options: ExplainerOptions(threads: threads))
      let input = noise(for: explainer.model)
      let layer = try explainer.model.layer(named: nil)
      var plain: [Double] = []
      var explained: [Double] = []
      var inRuntime: [Double] = []
      for index in 0..<runs + 3 {
        rest()
        let first = try milliseconds { _ = try explainer.probabilities(of: input) }
        var inside = 0.0
        rest()
        let second = try milliseconds {
          inside = try explainer.explanations(of: input, at: [layer])[0].timing.run
        }
        // The first runs load the graphs and warm the caches.
        if index >= 3 {
          plain.append(first)
          explained.append(second)
          inRuntime.append(inside)
        }
      }
      let ratio = zip(explained, plain).map { $0 / $1 }
      print(
        path.shortName.padded(20), median(plain).text.padded(-9),
        median(explained).text.padded(-13),
        median(inRuntime).text.padded(-15), median(ratio).text.padded(-7))
    }
  }
}

/// One run, for measuring a process from outside.
struct Once: ParsableCommand {
  enum Kind: String, ExpressibleByArgument { case plain, explanation }

  @Argument var kind: Kind
  @Argument var model: String
  @Option(help: "A folder in which optimised graphs are kept.") var cache: String?

  func run() throws {
    var options = ExplainerOptions(prepacksWeights: false)
    options.graphFolder = cache.map { GraphFolder($0) }
    let explainer = try Explainer(Model(contentsOf: model), options: options)
    let input = noise(for: explainer.model)
    switch kind {
    case .plain: _ = try explainer.probabilities(of: input)
    case .explanation:
      let layer = try explainer.model.layer(named: nil)
      _ = try explainer.explanations(of: input, for: [.predicted], at: [layer])
    }
  }
}

/// What the project itself does before the runtime loads a graph.
struct Build: ParsableCommand {
  @Argument var models: [String]

  func run() throws {
    print("model                  reading ms  to the default layer ms  to the input ms")
    for path in models {
      var model: Model?
      let reading = try milliseconds { model = try Model(contentsOf: path) }
      guard let model else { return }
      let explainer = try Explainer(model)
      let times = try [nil, "input"].map { name in
        try explainer.timeToWrite(at: model.layer(named: name)).milliseconds
      }
      let file = path.split(separator: "/").last.map(String.init) ?? path
      print(
        file.padded(20), reading.text.padded(-13), times[0].text.padded(-24),
        times[1].text.padded(-16))
    }
  }
}

func milliseconds(_ body: () throws -> Void) rethrows -> Double {
  try ContinuousClock().measure(body).milliseconds
}

func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  return sorted.isEmpty ? .nan : sorted[sorted.count / 2]
}

extension Double {
  /// Three decimals.
  var text: String {
    let thousandths = Int((self * 1000).rounded())
    let rest = String(thousandths % 1000)
    return "\(thousandths / 1000).\(String(repeating: "0", count: 3 - rest.count))\(rest)"
  }
}

extension String {
  /// The file's name at a path, up to the first point or hyphen.
  var shortName: String {
    let file = split(separator: "/").last.map(String.init) ?? self
    return String(file.prefix { $0 != "." && $0 != "-" })
  }

  /// Filled with spaces at the end, or at the front for a negative width.
  func padded(_ width: Int) -> String {
    let fill = String(repeating: " ", count: max(0, abs(width) - count))
    return width < 0 ? fill + self : self + fill
  }
}
