import Diagnostics
import ONNXGraph
import ONNXSession

/// What a method of many passes works with: one photo, its targets, and the model to run.
struct MethodPasses {
  /// Runs the model; its sessions are shared with other explanations.
  let explainer: Explainer
  /// The photo as the model's numbers.
  let photo: PreparedPhoto
  /// The targets, as classes with weights.
  let targets: [ResolvedTarget]
  /// The layers asked for.
  let layers: [Layer]
  /// The method with its parameters.
  let method: Method
  /// The conventions followed.
  let preset: Preset
  /// What is fed beside the image: which places of the output count.
  let places: [String: Tensor]
  /// What the first run was asked, with as many places in the order of probability.
  let request: ExplanationGraph.Request
  /// What the first run gave.
  let first: ExplanationGraph.Results

  /// The model.
  var model: Model { explainer.model }
  /// The method's parameters.
  var parameters: MethodParameters { method.parameters }
  /// How many numbers the image has.
  var inputCount: Int { photo.values.count }

  /// The value of a target for one image's logits.
  func value(_ target: ResolvedTarget, logits: ArraySlice<Float>) -> Float {
    target.classes.reduce(0) { $0 + $1.weight * logits[logits.startIndex + $1.index] }
  }
}

// MARK: - Runs of the whole model

extension MethodPasses {
  /// How many images run at once: what was asked for, or what the model fixes.
  func batch(_ customary: Int) -> Int {
    model.input.fixedBatch ?? max(1, parameters.batch ?? customary)
  }

  /// Gradients of a target for images, in batches.
  ///
  /// - Parameters:
  ///   - method: how maps are computed, if `wants` has them.
  ///   - wants: what the graph gives; each batch's results are handed to `take` with the images
  ///     they are of.  Rows beyond those images are to be left alone.
  func gradients(
    of target: ResolvedTarget, ofImages count: Int, batch: Int = 8,
    by method: Method? = nil, wants: ExplanationGraph.Wants = .inputGradient,
    rules: GradientRules = .true, progress: inout PassProgress,
    make: (Range<Int>) throws(DiagnosticError) -> [Float],
    take: (Range<Int>, ExplanationGraph.Results) throws(DiagnosticError) -> Void
  ) throws(DiagnosticError) {
    var request = ExplanationGraph.Request(
      layers: wants.readLayers ? layers : [], method: method, preset: preset, wants: wants)
    request.inputRules = rules
    let graph = try explainer.graph(for: request)
    try progress.begin(batch: self.batch(batch))
    for range in ranges(count, batch: batch) {
      let fill = self.batch(batch) - range.count
      let targets =
        Array(repeating: target, count: range.count)
        + Array(repeating: .none, count: model.input.fixedBatch == nil ? 0 : fill)
      let results = try graph.run(
        images: images(try make(range), count: range.count), targets, places: places)
      try check(results.logits.floats)
      try take(range, results)
      try progress.passed(range.count)
    }
  }

  private func ranges(_ count: Int, batch: Int) -> [Range<Int>] {
    let step = self.batch(batch)
    return stride(from: 0, to: count, by: step).map { $0..<min($0 + step, count) }
  }

  /// Images as the model takes them, filled up where it fixes how many there are.
  func images(_ values: [Float], count: Int) -> Tensor {
    let total = model.input.fixedBatch ?? count
    let fill = [Float](repeating: 0, count: (total - count) * inputCount)
    return explainer.tensor(fill.isEmpty ? values : values + fill, count: total)
  }

  private func check(_ logits: [Float]) throws(DiagnosticError) {
    guard logits.allSatisfy(\.isFinite) else {
      throw .notFiniteLogits(model.outputName, model: model.file.name)
    }
  }

  /// Counts passes for whoever listens.
  ///
  /// - Parameter unit: what passes, in the plural.
  func progress(of total: Int, _ unit: String) -> PassProgress {
    PassProgress(
      method: method.title, unit: unit, total: total, handler: explainer.progress)
  }
}
