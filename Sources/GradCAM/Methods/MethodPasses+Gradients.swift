import Diagnostics
import ONNXSession

/// The gradient of a target at the input, for one of many images.
struct ImageGradient {
  /// Which of the targets.
  let target: Int
  /// Which of the images.
  let image: Int
  /// ∂y/∂x in the input's order.
  let gradient: ArraySlice<Float>
  /// The image's logits.
  let logits: ArraySlice<Float>
}

extension MethodPasses {
  /// The method's baseline, one image in the model's layout.
  var baselineNumbers: [Float] {
    baseline(parameters.baseline ?? .zero) ?? [Float](repeating: 0, count: inputCount)
  }

  /// Gradients at the input of many images, for each target, from the graph of the first run.
  ///
  /// Every image is made once, in order.  One image's forward pass serves all targets where the
  /// graph allows it; for a single target the images run in batches.
  ///
  /// - Parameters:
  ///   - make: the numbers of some images, one after another.
  ///   - take: takes each gradient; images of a target come in order.
  func inputGradients(
    ofImages count: Int, progress: inout PassProgress,
    make: (Range<Int>) throws(DiagnosticError) -> [Float], take: (ImageGradient) -> Void
  ) throws(DiagnosticError) {
    let graph = try explainer.graph(for: request)
    let shares = targets.count > 1 && graph.servesSeveralTargets && model.input.fixedBatch == nil
    let batch = gradientBatch
    try progress.begin(batch: shares ? targets.count : batch)
    for start in stride(from: 0, to: count, by: batch) {
      let range = start..<min(start + batch, count)
      let values = try make(range)
      if shares {
        try runEach(of: range, values, graph, &progress, take)
      } else {
        try runTogether(range, values, graph, &progress, take)
      }
    }
  }

  /// How many images are differentiated at once: two of a customary size, more of smaller ones.
  ///
  /// All their activations are kept for the way back.  Beyond some hundred megabytes an image takes
  /// no less time, but the memory must be had from the system first.
  private var gradientBatch: Int {
    batch(max(1, min(8, 2 * 224 * 224 * 3 / max(inputCount, 1))))
  }

  /// One image after the other, each with all targets.
  private func runEach(
    of range: Range<Int>, _ values: [Float], _ graph: ExplanationGraph,
    _ progress: inout PassProgress, _ take: (ImageGradient) -> Void
  ) throws(DiagnosticError) {
    for (place, image) in range.enumerated() {
      let own = Array(values[place * inputCount..<(place + 1) * inputCount])
      let results = try graph.run(explainer.image(own), targets, places: places)
      try hand(results, rows: targets.indices.map { ($0, image) }, sharing: true, to: take)
      try progress.passed(targets.count)
    }
  }

  /// All images at once, target by target.
  private func runTogether(
    _ range: Range<Int>, _ values: [Float], _ graph: ExplanationGraph,
    _ progress: inout PassProgress, _ take: (ImageGradient) -> Void
  ) throws(DiagnosticError) {
    let fill = model.input.fixedBatch.map { $0 - range.count } ?? 0
    for (place, target) in targets.enumerated() {
      let results = try graph.run(
        images: images(values, count: range.count),
        Array(repeating: target, count: range.count) + Array(repeating: .none, count: fill),
        places: places)
      try hand(results, rows: range.map { (place, $0) }, sharing: false, to: take)
      try progress.passed(range.count)
    }
  }

  private func hand(
    _ results: ExplanationGraph.Results, rows: [(target: Int, image: Int)], sharing: Bool,
    to take: (ImageGradient) -> Void
  ) throws(DiagnosticError) {
    let (gradients, logits) = (results.inputGradients[0].floats, results.logits.floats)
    guard logits.allSatisfy(\.isFinite) else {
      throw .notFiniteLogits(model.outputName, model: model.file.name)
    }
    for (row, place) in rows.enumerated() {
      let of = sharing ? 0 : row * model.classCount
      take(
        ImageGradient(
          target: place.target, image: place.image,
          gradient: gradients[row * inputCount..<(row + 1) * inputCount],
          logits: logits[of..<of + model.classCount]))
    }
  }
}
