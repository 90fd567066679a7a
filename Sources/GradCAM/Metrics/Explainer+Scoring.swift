public import Diagnostics
public import Imaging

extension Explainer {
  /// What metrics say of an explanation's heatmap.
  ///
  /// - Parameters:
  ///   - explanation: of this photo, by this explainer.
  ///   - photo: the photo that was explained.
  ///   - metrics: what to measure, in the order of the result.
  ///   - truth: where the class is; metrics that need it have no value without.
  /// - Throws: ``DiagnosticError`` where the truth belongs to a photo of another size, the model
  ///   gives no finite number, or the progress handler says stop.
  public func scores(
    of explanation: Explanation, photo: Image, metrics: [Metric], truth: GroundTruth? = nil
  ) throws(DiagnosticError) -> [MetricScore] {
    try scores(
      MetricContext(
        self, explanation.heatmap, for: explanation.target, of: explanation, truth: truth
      ) { () throws(DiagnosticError) in try prepared(photo) }, metrics)
  }

  /// The same for an explanation of an input used as it is.
  ///
  /// - Parameters:
  ///   - explanation: of this input, by this explainer.
  ///   - input: [C, H, W] or [1, C, H, W] in the model's layout.
  ///   - metrics: what to measure, in the order of the result.
  ///   - truth: where the class is; metrics that need it have no value without.
  public func scores(
    of explanation: Explanation, input: FloatTensor, metrics: [Metric], truth: GroundTruth? = nil
  ) throws(DiagnosticError) -> [MetricScore] {
    try scores(
      MetricContext(
        self, explanation.heatmap, for: explanation.target, of: explanation, truth: truth
      ) { () throws(DiagnosticError) in try prepared(input) }, metrics)
  }

  /// What metrics say of any heatmap of a photo, such as a ``Control``.
  ///
  /// - Parameters:
  ///   - heatmap: of this photo.
  ///   - target: what the map is taken to explain; the predicted class unless given.
  ///   - photo: the photo that the map belongs to.
  ///   - metrics: what to measure, in the order of the result.
  ///   - truth: where the class is; metrics that need it have no value without.
  /// - Throws: ``DiagnosticError`` as ``scores(of:photo:metrics:truth:)`` does, and for an unknown
  ///   class.
  public func scores(
    of heatmap: Heatmap, for target: Target = .predicted, photo: Image, metrics: [Metric],
    truth: GroundTruth? = nil
  ) throws(DiagnosticError) -> [MetricScore] {
    try scores(
      MetricContext(
        self, heatmap, for: target, truth: truth
      ) { () throws(DiagnosticError) in try prepared(photo) }, metrics)
  }

  /// The same for an input used as it is.
  public func scores(
    of heatmap: Heatmap, for target: Target = .predicted, input: FloatTensor, metrics: [Metric],
    truth: GroundTruth? = nil
  ) throws(DiagnosticError) -> [MetricScore] {
    try scores(
      MetricContext(
        self, heatmap, for: target, truth: truth
      ) { () throws(DiagnosticError) in try prepared(input) }, metrics)
  }

  private func scores(
    _ context: MetricContext, _ metrics: [Metric]
  ) throws(DiagnosticError) -> [MetricScore] {
    var scores: [MetricScore] = []
    for metric in metrics { scores.append(MetricScore(metric, try context.finding(metric))) }
    return scores
  }

  /// A photo as the model takes it.
  func prepared(_ photo: Image) throws(DiagnosticError) -> PreparedPhoto {
    try preprocessing.check(for: model.input)
    return preprocessing.applied(to: photo, for: model.input)
  }
}

extension Explanation {
  /// What was explained, its classes being known.
  var target: Target { Target(classes, at: places) }
}
