import GradCAM
import Imaging

/// Makes and judges all maps of a photo.
struct PhotoEvaluator: Sendable {
  /// What tells probabilities, and judges controls.
  let explainer: Explainer
  let ways: [EvaluatedWay]
  let metrics: [Metric]
  let regions: [EvaluatedRegion]

  /// What is found on a photo that is already in memory.
  ///
  /// - Throws: `DiagnosticError` for what is wrong with the model or the machine; a photo that
  ///   cannot be decoded is a record that says so.
  func record(of plan: PhotoPlan, bytes: [UInt8]) throws(DiagnosticError) -> PhotoRecord {
    var record = PhotoRecord(file: plan.photo.file)
    let photo: Image
    do throws(DiagnosticError) {
      photo = try Image(decoding: bytes, name: plan.photo.file)
    } catch {
      record.failure = error.message
      return record
    }
    guard photo.width == plan.size.width, photo.height == plan.size.height else {
      record.failure = "'\(plan.photo.file)' changed its size while it was evaluated"
      return record
    }
    let probabilities = try explainer.probabilities(of: photo)
    if explainer.model.activation.isMultiLabel {
      record.holding = probabilities.indices.filter { probabilities[$0] > 0.5 }
    }
    record.said = probabilities.indices.max { a, b in
      (probabilities[a], b) < (probabilities[b], a)
    }
    guard !plan.cases.isEmpty else { return record }
    // Of what is the same for all classes, once a photo.
    let view = explainer.view(of: plan.size)
    let masks = regions.map { $0.dependsOnTruth ? nil : $0.mask(on: photo, seen: view, truth: nil) }
    for one in plan.cases {
      record.cases.append(try found(one, on: photo, of: plan, probabilities, masks))
    }
    return record
  }

  /// What is found for one class.
  private func found(
    _ one: PhotoPlan.Case, on photo: Image, of plan: PhotoPlan, _ probabilities: [Float],
    _ known: [PixelMask?]
  ) throws(DiagnosticError) -> PhotoRecord.Case {
    let index = Self.mostProbable(of: one.classes, probabilities)
    let truth = one.truth(of: plan.size)
    let view = explainer.view(of: plan.size)
    let masks = zip(regions, known).map { region, mask in
      region.dependsOnTruth ? region.mask(on: photo, seen: view, truth: truth) : mask
    }
    var maps: [PhotoRecord.Map] = []
    for way in ways {
      let (heatmap, scores) = try judged(way, photo, .class(index), truth)
      var curves: [Int: [Double]] = [:]
      for (place, score) in scores.enumerated() {
        if let curve = score.curves.first { curves[place] = curve.values }
      }
      maps.append(
        PhotoRecord.Map(
          values: scores.map { $0.value.flatMap { $0.isFinite ? $0 : nil } }, curves: curves,
          regions: masks.map { $0.flatMap { heatmap.share(in: $0) } }, sketch: MapSketch(heatmap)))
    }
    let probability = probabilities.indices.contains(index) ? probabilities[index] : nil
    return PhotoRecord.Case(
      classIndex: index, title: one.title, probability: probability.map(Double.init),
      rank: probability.map { own in 1 + probabilities.count { $0 > own } },
      holdsCenter: truth?.containsCenter(of: plan.size),
      area: truth?.pixels(of: plan.size).share, regionAreas: masks.map { $0?.share(of: view) },
      maps: maps)
  }

  /// Of classes that are meant, the one that the model thinks most of; the first of those alike.
  private static func mostProbable(of classes: [Int], _ probabilities: [Float]) -> Int {
    let value = { (index: Int) in
      probabilities.indices.contains(index) ? probabilities[index] : -Float.infinity
    }
    return classes.reduce(classes[0]) { value($1) > value($0) ? $1 : $0 }
  }

  private func judged(
    _ way: EvaluatedWay, _ photo: Image, _ target: Target, _ truth: GroundTruth?
  ) throws(DiagnosticError) -> (Heatmap, [MetricScore]) {
    switch way.making {
    case .explaining(let explainer, let options):
      let explanation = try explainer.explanations(
        of: photo, for: [target], at: way.layers, options: options)[0]
      let scores = try explainer.scores(
        of: explanation, photo: photo, metrics: metrics, truth: truth)
      return (explanation.heatmap, scores)
    case .control(let control):
      let heatmap = try explainer.heatmap(of: photo, by: control)
      return (
        heatmap,
        try explainer.scores(
          of: heatmap, for: target, photo: photo, metrics: metrics, truth: truth)
      )
    }
  }
}
