import ArgumentParser
import GradCAM

/// Explanations on ONNX Runtime and on OpenVINO, in float32 and bfloat16, in turn.
struct Precision: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Time engines and precisions side by side, and compare their maps.")

  @Argument var models: [String]
  @Option var runs = 20
  @Option var threads: Int?
  @Option(help: "Where the map is taken; 'input' for the gradient there.") var layer: String?
  @Option(help: "A photo, for which the correlation is told; else noise.") var photo: String?

  func run() throws {
    print(
      "model                 f32 ms  OpenVINO f32 ms  OpenVINO bf16 ms  speedup  correlation"
        + "  (medians of \(runs) runs in turn)")
    for path in models {
      let model = try Model(contentsOf: path)
      let kinds: [(ExplainerOptions.Engine, ExplainerOptions.Precision)] = [
        (.onnxRuntime, .float32), (.openVINO, .float32), (.openVINO, .bfloat16),
      ]
      let explainers = try kinds.map { engine, precision in
        try Explainer(
          model,
          options: ExplainerOptions(threads: threads, engine: engine, precision: precision))
      }
      let input = noise(for: model)
      let method: Method = layer == "input" ? .gradient : .gradCAM
      let layers = try model.layers(named: layer.map { [$0] } ?? [], for: method)
      var options = ExplanationOptions(method: method)
      options.comparesPrecision = true
      // The first run loads the graphs, and tells the class that all explain.
      let target = Target.class(
        try explainers[0].explanations(of: input, at: layers, options: options)[0].classIndex)
      let measured = try compared(explainers[2], input, target, layers, options)
      options.comparesPrecision = false
      var times = [[Double]](repeating: [], count: kinds.count)
      for index in 0..<runs + 3 {
        for (place, explainer) in explainers.enumerated() {
          let explain = {
            _ = try explainer.explanations(
              of: input, for: [target], at: layers, options: options)
          }
          // Threads of the engine before still wait for work while the first of two runs.
          try explain()
          let time = try milliseconds(explain)
          if index >= 3 { times[place].append(time) }
        }
      }
      let speedup = zip(times[0], times[2]).map { $0 / $1 }
      let correlation = measured.first { $0.name == "correlation with float32" }?.value
      print(
        path.shortName.padded(20), median(times[0]).text.padded(-7),
        median(times[1]).text.padded(-16), median(times[2]).text.padded(-17),
        median(speedup).text.padded(-8), (correlation ?? .nan).text.padded(-12))
    }
  }

  /// What is told of the map of the photo, or else of the noise.
  private func compared(
    _ explainer: Explainer, _ input: FloatTensor, _ target: Target, _ layers: [Layer],
    _ options: ExplanationOptions
  ) throws -> [Explanation.Measure] {
    guard let photo else {
      return try explainer.explanations(
        of: input, for: [target], at: layers, options: options)[0].measures
    }
    return try explainer.explanations(
      of: Image(contentsOf: photo), for: [.predicted], at: layers, options: options)[0].measures
  }
}
