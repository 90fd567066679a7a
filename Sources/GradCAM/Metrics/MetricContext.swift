import Diagnostics
import ONNXSession

/// What metrics work with: one photo, one map of it, and the model to run.
///
/// What several metrics read, such as the model's answer to the photo itself, is found once.
final class MetricContext {
  let explainer: Explainer
  /// The map that is judged.
  let heatmap: Heatmap
  /// The explanation it comes from, where it comes from one.
  let explanation: Explanation?
  /// Where the class is.
  let truth: GroundTruth?
  /// What is being computed, for the progress handler.
  var title = "Metrics"
  /// The numbers of the metric that is being computed.
  private(set) var parameters = MetricParameters()

  private let target: Target
  private let prepare: () throws(DiagnosticError) -> PreparedPhoto
  private var preparedPhoto: PreparedPhoto?
  private var originalAnswer: Answer?
  private var resolvedTarget: ResolvedTarget?
  private var placeInputs: [String: Tensor]?
  private var masked: [MethodParameters.Baseline: Answer] = [:]

  /// What the model says of one image.
  struct Answer: Hashable, Sendable {
    /// The target's value: a logit, or a difference of logits.
    let logit: Double
    /// The class's probability; nil where it has none, or several classes make the target.
    let probability: Double?

    /// One of the two.
    subscript(quantity: MetricParameters.Quantity) -> Double {
      quantity == .logit ? logit : probability ?? logit
    }
  }

  /// Begins with a map; the photo is made ready once a metric asks for it.
  init(
    _ explainer: Explainer, _ heatmap: Heatmap, for target: Target,
    of explanation: Explanation? = nil, truth: GroundTruth?,
    _ prepare: @escaping () throws(DiagnosticError) -> PreparedPhoto
  ) {
    (self.explainer, self.heatmap, self.target) = (explainer, heatmap, target)
    (self.explanation, self.truth, self.prepare) = (explanation, truth, prepare)
  }

  /// The model.
  var model: Model { explainer.model }

  /// How many images the model can run at once.
  private lazy var room: Int = {
    guard let part = model.part(after: model.input.name), part.servesSeveralImages else { return 1 }
    return MethodPasses.room / max(1, part.largestValue(in: model.graph))
  }()

  /// The map at the size of the model's input, row by row.
  private(set) lazy var map: [Float] = heatmap.values(
    width: model.input.size.width, height: model.input.size.height)

  /// The places of the input, the most relevant first; of those alike the first in reading order.
  private(set) lazy var order: [Int] = Self.order(of: map)

  /// The photo as the model's numbers.
  func photo() throws(DiagnosticError) -> PreparedPhoto {
    if let preparedPhoto { return preparedPhoto }
    let photo = try prepare()
    guard photo.view == heatmap.view else { throw .mapOfAnotherPhoto(heatmap.view, photo.view) }
    preparedPhoto = photo
    return photo
  }

  /// What a metric finds.
  func finding(_ metric: Metric) throws(DiagnosticError) -> MetricScore.Finding {
    (title, parameters) = (metric.title, metric.parameters)
    if let mask = truth?.mask, mask.size != heatmap.view.photo {
      throw .truthOfAnotherSize(mask.size, photo: heatmap.view.photo)
    }
    if metric.needs == .truth, truth == nil {
      return .init(undefined: "no boxes and no mask are given")
    }
    if metric.needs == .explaining, explanation == nil {
      return .init(undefined: "the map comes from no explanation that could be made again")
    }
    return try metric.measure(self)
  }

  /// Places by their values, the largest first; of those alike the first.
  ///
  /// Each value and its place make one whole number, ordered as they are, because those sort much
  /// faster than places whose values are looked up.
  static func order(of values: [Float]) -> [Int] {
    var keys = values.enumerated().map { place, value -> UInt64 in
      // Zero has two signs, and is one value.
      let bits = value == 0 ? 0 : value.bitPattern
      let rising = bits >> 31 == 0 ? bits | 0x8000_0000 : ~bits
      return UInt64(~rising) << 32 | UInt64(place)
    }
    keys.sort()
    return keys.map { Int($0 & 0xFFFF_FFFF) }
  }
}

// MARK: - The model's answers

extension MetricContext {
  /// What the model says of the photo as it is.
  func original() throws(DiagnosticError) -> Answer {
    if let originalAnswer { return originalAnswer }
    let values = try photo().values
    let answer = try answers(toImages: 1, "photo") { image in
      image.update(values)
    }[0]
    originalAnswer = answer
    return answer
  }

  /// What the model says of the photo seen through the map: b + (x − b) ⊙ ReLU(M).
  func seenThroughMap(
    _ baseline: MethodParameters.Baseline
  ) throws(DiagnosticError) -> Answer {
    if let answer = masked[baseline] { return answer }
    let values = try photo().values
    let hidden = try hidden(baseline)
    let places = places
    let answer = try answers(toImages: 1, "photo seen through its map") { image in
      image.update(
        values.indices.map { index in
          hidden[index] + (values[index] - hidden[index]) * max(map[places.place(of: index)], 0)
        })
    }[0]
    masked[baseline] = answer
    return answer
  }

  /// The photo's numbers where all of it is hidden.
  func hidden(_ baseline: MethodParameters.Baseline) throws(DiagnosticError) -> [Float] {
    let photo = try photo()
    return AbsentInput(photo, of: explainer).values(baseline)
      ?? [Float](repeating: 0, count: photo.values.count)
  }

  /// What the model says of changed photos, in order.
  ///
  /// - Parameters:
  ///   - unit: what the images are, for the progress handler.
  ///   - change: makes the next image out of the one before; the first one out of nothing.
  func answers(
    toImages count: Int, _ unit: String,
    change: (inout ChangedImage) throws(DiagnosticError) -> Void
  ) throws(DiagnosticError) -> [Answer] {
    let target = try fixedTarget()
    let size = try photo().values.count
    let batch = model.input.fixedBatch ?? evenBatch(of: count)
    var progress = PassProgress(
      method: title, unit: unit, total: count, handler: explainer.progress)
    try progress.begin(batch: batch)
    var image = ChangedImage(size)
    var answers: [Answer] = []
    answers.reserveCapacity(count)
    // The same memory serves every batch.
    var values: [Float] = []
    values.reserveCapacity(batch * size)
    for start in stride(from: 0, to: count, by: batch) {
      let images = min(batch, count - start)
      values.removeAll(keepingCapacity: true)
      for index in start..<start + images {
        image.index = index
        try change(&image)
        values.append(contentsOf: image.values)
      }
      let logits = try logits(of: values, count: images)
      for index in 0..<images {
        let row = logits[index * model.classCount..<(index + 1) * model.classCount]
        answers.append(answer(Array(row), for: target))
      }
      try progress.passed(images)
    }
    return answers
  }

  /// The logits of images one after another, without those that fill a batch up.
  private func logits(of values: [Float], count: Int) throws(DiagnosticError) -> [Float] {
    let graph = try explainer.graph(for: ExplanationGraph.Request(layers: [], wants: []))
    let total = model.input.fixedBatch ?? count
    let size = values.count / max(count, 1)
    let fill = [Float](repeating: 0, count: (total - count) * size)
    let images = explainer.tensor(fill.isEmpty ? values : values + fill, count: total)
    let results = try graph.run(
      images: images, Array(repeating: .none, count: total), places: try places(of: target))
    let logits = results.logits.floats
    guard logits.prefix(count * model.classCount).allSatisfy(\.isFinite) else {
      throw .notFiniteLogits(model.outputName, model: model.file.name)
    }
    return logits
  }

  private func answer(_ logits: [Float], for target: ResolvedTarget) -> Answer {
    let logit = target.classes.reduce(0) { $0 + Double($1.weight) * Double(logits[$1.index]) }
    guard target.classes.count == 1, target.classes[0].weight == 1 else {
      return Answer(logit: logit, probability: nil)
    }
    let probabilities = model.activation.probabilities(of: logits)
    return Answer(
      logit: logit,
      probability: probabilities.isEmpty
        ? nil : Double(probabilities[target.classes[0].index]))
  }

  /// The target's classes, those that go by their rank found by a run of the photo.
  private func fixedTarget() throws(DiagnosticError) -> ResolvedTarget {
    if let resolvedTarget { return resolvedTarget }
    let target = try explainer.resolved([target])[0]
    var order: [Int] = []
    if !target.rankWeights.isEmpty {
      let graph = try explainer.graph(for: ExplanationGraph.Request(layers: [], wants: []))
      let ranking = try graph.run(
        explainer.image(try photo().values), [.none], places: try places(of: self.target)
      ).ranking.floats
      order = Explainer.order(of: ranking, first: target.rankWeights.count)
    }
    let fixed = ResolvedTarget(target.parts(order: order))
    resolvedTarget = fixed
    return fixed
  }

  private func places(of target: Target) throws(DiagnosticError) -> [String: Tensor] {
    if let placeInputs { return placeInputs }
    let inputs = try model.placeInputs(for: target.places, seen: heatmap.view)
    placeInputs = inputs
    return inputs
  }

  /// How many images run at once: 16 at most unless asked for, fewer where a value of the model
  /// would be huge, and so many that the last batch is not much smaller than the others.
  private func evenBatch(of count: Int) -> Int {
    let limit = max(1, min(parameters.batch ?? 16, room))
    let batches = max(1, (count + limit - 1) / limit)
    return max(1, (count + batches - 1) / batches)
  }

  /// Which numbers of an image belong to which place.
  var places: ImagePlaces { ImagePlaces(of: model.input) }
}
