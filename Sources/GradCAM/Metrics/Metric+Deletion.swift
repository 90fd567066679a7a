import Diagnostics

extension Metric {
  /// Deletion: the area under the class's probability while pixels are hidden, the most relevant
  /// first.
  ///
  ///     y_k = y(x with the ⌊kN/n⌉ most relevant of N pixels at the baseline)
  ///     AUC = Σ_k (y_k + y_k+1) / 2n        k = 0 … n − 1
  ///
  /// Pixels are ordered by the heatmap, enlarged to the model's input; of those alike, as where a
  /// map is zero, the first in reading order comes first.  By the trapezoid the least area is
  /// 1/2n times the first value; ``MetricParameters/Integration/steps`` counts no such rest.
  ///
  /// Petsiuk, Das, Saenko, "RISE: Randomized Input Sampling for Explanation of Black-box Models",
  /// BMVC 2018, algorithm 1; 50 steps to the baseline zero unless asked for otherwise.
  public static let deletion = Metric(
    name: "deletion", title: "Deletion", source: "Petsiuk et al. 2018, algorithm 1",
    summary: "area under the probability while the most relevant pixels are hidden first",
    direction: .lower, needs: .passes,
    parameters: MetricParameters(
      steps: 50, baseline: .zero, quantity: .probability, integration: .trapezoid, batch: 16),
    cost: { max(1, $0.steps ?? 50) },
    measure: { context throws(DiagnosticError) in
      let parameters = context.parameters
      let hidden = try context.hidden(parameters.baseline ?? .zero)
      let curve = try context.curve(
        "deletion", from: try context.photo().values, to: hidden, startsAtPhoto: true)
      return .init(curve.area(by: parameters.integration ?? .trapezoid), curves: [curve])
    })

  /// Insertion: the area under the class's probability while pixels appear on the baseline, the
  /// most relevant first.
  ///
  ///     y_k = y(baseline with the ⌊kN/n⌉ most relevant of N pixels of x)
  ///     AUC = Σ_k (y_k + y_k+1) / 2n        k = 0 … n − 1
  ///
  /// Petsiuk, Das, Saenko, "RISE: Randomized Input Sampling for Explanation of Black-box Models",
  /// BMVC 2018, algorithm 1; 50 steps from the blurred photo unless asked for otherwise, as there.
  public static let insertion = Metric(
    name: "insertion", title: "Insertion", source: "Petsiuk et al. 2018, algorithm 1",
    summary: "area under the probability while the most relevant pixels appear first",
    direction: .higher, needs: .passes,
    parameters: MetricParameters(
      steps: 50, baseline: .blur, quantity: .probability, integration: .trapezoid, batch: 16),
    cost: { max(1, $0.steps ?? 50) },
    measure: { context throws(DiagnosticError) in
      let parameters = context.parameters
      let hidden = try context.hidden(parameters.baseline ?? .blur)
      let curve = try context.curve(
        "insertion", from: hidden, to: try context.photo().values, startsAtPhoto: false)
      return .init(curve.area(by: parameters.integration ?? .trapezoid), curves: [curve])
    })
}

extension MetricContext {
  /// The model's answers while one image turns into another, the most relevant places first.
  ///
  /// - Parameter startsAtPhoto: whether it is the first of the images that is the photo as it is,
  ///   whose answer is known; else it is the last.
  fileprivate func curve(
    _ name: String, from start: [Float], to end: [Float], startsAtPhoto: Bool
  ) throws(DiagnosticError) -> MetricScore.Curve {
    let steps = max(1, parameters.steps ?? 50)
    let quantity = parameters.quantity ?? .probability
    let places = places
    let changed = (0...steps).map { Self.rounded($0, of: places.count, by: steps) }
    let first = startsAtPhoto ? 1 : 0
    let order = order
    let original = try original()
    let found = try answers(toImages: steps, "changed photos") { image in
      let step = image.index + first
      if image.index == 0 { image.update(start) }
      if step > 0 {
        image.replace(order[changed[step - 1]..<changed[step]], by: end, places)
      }
    }
    let answers = startsAtPhoto ? [original] + found : found + [original]
    return MetricScore.Curve(
      name: name, shares: changed.map { Double($0) / Double(places.count) },
      values: answers.map { $0[quantity] })
  }

  /// The whole number nearest to k N / n; of two the greater.
  static func rounded(_ step: Int, of count: Int, by steps: Int) -> Int {
    Int((Double(step) * Double(count) / Double(steps)).rounded())
  }
}
