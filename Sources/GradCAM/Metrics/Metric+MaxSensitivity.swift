import Diagnostics

extension Metric {
  /// Max-sensitivity: how far the map moves, at most, when the photo is changed by what nobody sees.
  ///
  ///     max_δ ‖M(x + δ) − M(x)‖₂ / ‖M(x)‖₂        δ even in [−r, r] for each number
  ///
  /// M is the heatmap at the layer's resolution, of the same target and method; r is a share of the
  /// photo's range.  A method that draws at random starts from its own seed each time.
  ///
  /// Yeh et al., "On the (In)fidelity and Sensitivity of Explanations", NeurIPS 2019, definition of
  /// SENS_MAX, divided by the map's own length as captum and Quantus do.  10 copies within 2 % unless
  /// asked for otherwise; the maximum grows with the copies.
  public static let maxSensitivity = Metric(
    name: "max-sensitivity", title: "Max-sensitivity", source: "Yeh et al. 2019",
    summary: "how far the map moves, at most, when the photo is changed by what nobody sees",
    direction: .lower, needs: .explaining,
    parameters: MetricParameters(samples: 10, radius: 0.02, seed: 0),
    cost: { max(1, $0.samples ?? 10) },
    measure: { context throws(DiagnosticError) in
      guard let explanation = context.explanation else {
        return .init(undefined: "the map comes from no explanation")
      }
      let length = MetricContext.length(context.heatmap.values)
      guard length > 0 else { return .init(undefined: "the map is zero everywhere") }
      let photo = try context.photo()
      guard context.model.input.elementType.isFloatingPoint else {
        return .init(undefined: "the model takes whole numbers, which small noise does not change")
      }
      let samples = max(1, context.parameters.samples ?? 10)
      let radius = Double((context.parameters.radius ?? 0.02) * photo.range)
      var draws = SeededDraws(seed: context.parameters.seed ?? 0)
      var progress = PassProgress(
        method: context.title, unit: "noisy photos", total: samples,
        handler: context.explainer.progress)
      try progress.begin(batch: 1)
      var explainer = context.explainer
      var largest = 0.0
      for _ in 0..<samples {
        explainer.progress = progress.inner
        let values = photo.values.map { $0 + Float(radius * (2 * draws.uniform() - 1)) }
        let other = try explainer.heatmap(
          like: explanation, of: PreparedPhoto(values: values, view: photo.view))
        let moved = zip(other.values, context.heatmap.values).map { $0 - $1 }
        largest = max(largest, MetricContext.length(moved) / length)
        try progress.passed(1)
      }
      return .init(largest)
    })
}

extension MetricContext {
  /// √Σ v².
  fileprivate static func length(_ values: [Float]) -> Double {
    values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
  }
}

extension Explainer {
  /// The heatmap of another photo, made as an explanation was: same classes, layers and options.
  func heatmap(
    like explanation: Explanation, of photo: PreparedPhoto
  ) throws(DiagnosticError) -> Heatmap {
    var options = explanation.options
    (options.stabilityCopies, options.randomRegions, options.comparesPrecision) = (0, 0, false)
    let question = Question(
      targets: [explanation.target], layers: explanation.layers, options: options)
    return try explain(photo, preprocessing: "", milliseconds: 0, question)[0].heatmap
  }
}
