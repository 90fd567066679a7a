import Diagnostics

extension Metric {
  /// Average drop: the share of the class's probability that is lost where only what the map shows
  /// is left of the photo.
  ///
  ///     max(0, y(x) − y(x ⊙ M)) / y(x)        M: the heatmap, enlarged to the input, at least 0
  ///
  /// Chattopadhay et al., "Grad-CAM++: Generalized Gradient-based Visual Explanations for Deep
  /// Convolutional Networks", WACV 2018, section 4.1 (i).  With
  /// ``MetricParameters/isAbsolute`` the drop is not divided by y(x), as pytorch-grad-cam's
  /// `DropInConfidence` has it.  Published as a percentage, here from 0 through 1.
  public static let averageDrop = Metric(
    name: "average-drop", title: "Average drop", source: "Chattopadhay et al. 2018, section 4.1",
    summary: "share of the probability lost where only what the map shows is left of the photo",
    direction: .lower, needs: .passes,
    parameters: MetricParameters(
      baseline: .zero, quantity: .probability, isAbsolute: false),
    cost: { _ in 1 },
    measure: { context throws(DiagnosticError) in
      let (before, after) = try context.confidence()
      let drop = max(0, before - after)
      if context.parameters.isAbsolute == true { return .init(drop) }
      return before > 0
        ? .init(drop / before) : .init(undefined: "the model's answer to the photo is not above 0")
    })

  /// Increase in confidence: whether the class is more probable where only what the map shows is
  /// left of the photo.
  ///
  ///     1 where y(x ⊙ M) > y(x), else 0
  ///
  /// Chattopadhay et al., "Grad-CAM++", WACV 2018, section 4.1 (ii).
  public static let increaseInConfidence = Metric(
    name: "increase-in-confidence", title: "Increase in confidence",
    source: "Chattopadhay et al. 2018, section 4.1",
    summary: "whether the class is more probable where only what the map shows is left",
    direction: .higher, needs: .passes, isBinary: true,
    parameters: MetricParameters(baseline: .zero, quantity: .probability),
    cost: { _ in 1 },
    measure: { context throws(DiagnosticError) in
      let (before, after) = try context.confidence()
      return .init(after > before ? 1 : 0)
    })

  /// Average gain: the share of what was missing to certainty that is won where only what the map
  /// shows is left of the photo.
  ///
  ///     max(0, y(x ⊙ M) − y(x)) / (1 − y(x))
  ///
  /// Zhang et al., "Opti-CAM: Optimizing Saliency Maps for Interpretability", Computer Vision and
  /// Image Understanding 2024, "average gain".  It is made for probabilities.
  public static let averageGain = Metric(
    name: "average-gain", title: "Average gain", source: "Zhang et al. 2024",
    summary: "share of the missing probability won where only what the map shows is left",
    direction: .higher, needs: .passes,
    parameters: MetricParameters(
      baseline: .zero, quantity: .probability, isAbsolute: false),
    cost: { _ in 1 },
    measure: { context throws(DiagnosticError) in
      let (before, after) = try context.confidence()
      let gain = max(0, after - before)
      if context.parameters.isAbsolute == true { return .init(gain) }
      return before < 1
        ? .init(gain / (1 - before))
        : .init(undefined: "the model's answer to the photo is not below 1")
    })
}

extension MetricContext {
  /// The answers to the photo and to what the map shows of it.
  fileprivate func confidence() throws(DiagnosticError) -> (before: Double, after: Double) {
    let quantity = parameters.quantity ?? .probability
    let before = try original()[quantity]
    return (before, try seenThroughMap(parameters.baseline ?? .zero)[quantity])
  }
}
