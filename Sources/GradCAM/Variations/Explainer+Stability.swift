import Diagnostics
import ONNXSession

extension Explainer {
  /// How alike maps stay when the photo changes by what nobody sees: the mean correlation with the
  /// maps of noisy copies, and the correlation with the map after one fast-gradient-sign step
  /// against the target (Goodfellow et al., "Explaining and Harnessing Adversarial Examples",
  /// ICLR 2015).
  ///
  ///     x_i = x + σ r ε_i        x' = x − η r sign(∂y/∂x)        r = max x − min x
  ///
  /// - Returns: two numbers for each target; one that is not defined, because a map is even, is
  ///   left out.
  func stability(
    _ original: [MethodResult], of photo: PreparedPhoto, targets: [ResolvedTarget],
    _ places: [String: Tensor], _ question: Question
  ) throws(DiagnosticError) -> [[(name: String, value: Double)]] {
    let copies = question.options.stabilityCopies
    guard copies > 0 else { return original.map { _ in [] } }
    guard model.input.elementType.isFloatingPoint else {
      throw .stabilityNeedsFloats(model)
    }
    let range = photo.range
    var progress = PassProgress(
      method: "Stability", unit: "changed photos", total: copies + targets.count,
      handler: self.progress)
    var draws = SeededDraws(seed: question.method.parameters.seed ?? 0)
    var noisy = [[Double]](repeating: [], count: targets.count)
    for _ in 0..<copies {
      var explainer = self
      explainer.progress = progress.inner
      let values = photo.noisyValues(Self.stabilityNoise * range, &draws)
      let results = try explainer.results(
        PreparedPhoto(values: values, view: photo.view), targets, places, question)
      for place in targets.indices {
        if let found = Self.correlation(original[place], results[place], question) {
          noisy[place].append(found)
        }
      }
      try progress.passed(1)
    }
    var found: [[(name: String, value: Double)]] = []
    for (place, target) in targets.enumerated() {
      var explainer = self
      explainer.progress = progress.inner
      let values = try stepped(
        photo, against: target, by: Self.stabilityStep * range, places)
      let result = try explainer.results(
        PreparedPhoto(values: values, view: photo.view), [target], places, question)[0]
      var measures: [(name: String, value: Double)] = []
      if !noisy[place].isEmpty {
        let mean = noisy[place].reduce(0, +) / Double(noisy[place].count)
        measures.append((Explanation.Measure.noiseStability, mean))
      }
      if let stepped = Self.correlation(original[place], result, question) {
        measures.append((Explanation.Measure.signStability, stepped))
      }
      found.append(measures)
      try progress.passed(1)
    }
    return found
  }

  /// Noise of this share of the photo's range.
  private static let stabilityNoise: Float = 0.02
  /// A step of two of 255 levels.
  private static let stabilityStep: Float = 2 / 255

  /// The photo after a step by the sign of its gradient, against a target.
  private func stepped(
    _ photo: PreparedPhoto, against target: ResolvedTarget, by step: Float,
    _ places: [String: Tensor]
  ) throws(DiagnosticError) -> [Float] {
    let graph = try graph(for: ExplanationGraph.Request(layers: [], wants: .inputGradient))
    let results = try graph.run(image(photo.values), [target], places: places)
    let gradient = results.inputGradients[0].floats
    return zip(photo.values, gradient).map { value, slope in
      slope == 0 ? value : value - (slope > 0 ? step : -step)
    }
  }

  /// The correlation of what two results show.
  private static func correlation(
    _ a: MethodResult, _ b: MethodResult, _ question: Question
  ) -> Double? {
    let shown = [a, b].map { result in
      result.maps.flatMap { question.evidence.shown(of: $0.values).map(Double.init) }
    }
    return MapStatistics.correlation(shown[0], shown[1])
  }
}

extension Explanation.Measure {
  /// The name of the mean correlation under noise.
  static let noiseStability = "stability under noise"
  /// The name of the correlation under a fast-gradient-sign step.
  static let signStability = "stability under a fast-gradient-sign step"
}
