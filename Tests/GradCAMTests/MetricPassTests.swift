import Synchronization
import Testing
import _TestSupport

@testable import GradCAM

@Suite("Metrics that run the model")
struct MetricPassTests {
  /// The metrics that run the model, with few passes each.
  static let metrics: [Metric] = Metric.all.filter { $0.needs == .passes }.map { metric in
    var metric = metric
    if metric.parameters.steps != nil { metric.parameters.steps = 5 }
    if metric.parameters.samples != nil { metric.parameters.samples = 7 }
    return metric
  }

  /// What metrics say of the explanation of a small residual network.
  private static func scores(
    _ metrics: [Metric], threads: Int? = nil, progress: MethodProgress.Handler? = nil
  ) throws -> [MetricScore] {
    var (explainer, image) = try FixtureNetwork.load(
      "Networks/resnet18-dynamo", options: ExplainerOptions(threads: threads))
    let why = try explainer.explanations(
      of: image, for: [.class(2)], at: explainer.model.layers(for: .gradCAM))[0]
    if let progress { explainer = explainer.reportingProgress(to: progress) }
    return try explainer.scores(of: why, input: image, metrics: metrics)
  }

  @Test("Any number of passes at once and any number of threads give the same values")
  func batches() throws {
    let usual = try Self.scores(Self.metrics)
    #expect(usual.allSatisfy { $0.value != nil })
    for (batch, threads) in [(1, 1), (3, 3)] {
      let others = Self.metrics.map { metric in
        var metric = metric
        metric.parameters.batch = batch
        return metric
      }
      for (score, other) in zip(usual, try Self.scores(others, threads: threads)) {
        let difference = abs((score.value ?? 0) - (other.value ?? .infinity))
        #expect(difference <= 1e-6, "\(score.metric.name): \(difference)")
      }
    }
  }

  @Test("The model runs as often as the metric says, besides the photo itself")
  func cost() throws {
    for metric in Self.metrics {
      let heard = Mutex<[MethodProgress]>([])
      _ = try Self.scores([metric]) { progress in
        heard.withLock { $0.append(progress) }
        return .goOn
      }
      let steps = heard.withLock(\.self)
      let passes = steps.filter { $0.unit != "photo" && $0.done == $0.total }
      #expect(passes.reduce(0) { $0 + $1.total } == metric.passCount, "\(metric.name)")
    }
  }

  @Test("Measuring ends where the handler says stop")
  func stopping() throws {
    #expect(throws: DiagnosticError.self) { try Self.scores([.deletion]) { _ in .stop } }
  }

  @Test("The photo itself runs once for all metrics")
  func sharing() throws {
    let count = Mutex(0)
    _ = try Self.scores(Self.metrics) { progress in
      if progress.unit == "photo", progress.done == 1 { count.withLock { $0 += 1 } }
      return .goOn
    }
    #expect(count.withLock(\.self) == 1)
  }

  @Test("A model of a fixed number of images, channels last, gives the values of the plain one")
  func fixedBatch() throws {
    func values(_ name: String, _ input: FloatTensor) throws -> [MetricScore] {
      let model = try Model(contentsOf: Fixtures.path("Models/\(name).onnx"))
      let explainer = try Explainer(model, preprocessing: .raw)
      let why = try explainer.explanations(
        of: input, for: [.class(2)], at: model.layers(for: .gradCAM))[0]
      return try explainer.scores(of: why, input: input, metrics: Self.metrics)
    }
    let plain = try Model(contentsOf: Fixtures.path("Models/plain.onnx"))
    let shape = plain.input.imageShape
    let size = shape[1] * shape[2]
    let numbers = (0..<shape.reduce(1, *)).map { Float($0 * 7919 % 101) / 101 }
    let last = (0..<size).flatMap { place in (0..<shape[0]).map { numbers[$0 * size + place] } }
    let usual = try values("plain", FloatTensor(shape: shape, values: numbers))
    let fixed = try values("fixed-batch", FloatTensor(shape: shape, values: numbers))
    let turned = try values(
      "channels-last", FloatTensor(shape: [shape[1], shape[2], shape[0]], values: last))
    for (score, others) in zip(usual, zip(fixed, turned)) {
      for other in [others.0, others.1] {
        let difference = abs((score.value ?? 0) - (other.value ?? .infinity))
        // ROAD draws noise plane by plane, so that only rounding differs.
        #expect(difference <= 1e-6, "\(score.metric.name): \(difference)")
      }
    }
  }

  @Test("Controls know nothing of the model and are scored like maps")
  func controls() throws {
    let model = try MetricModels.sum()
    let explainer = try Explainer(model, preprocessing: .raw)
    let input = FloatTensor(shape: [1, 2, 2], values: [1, 1, 0, 0])
    for control in Control.all {
      #expect(Control.named(control.name) == control)
      let map = try explainer.heatmap(of: input, by: control)
      let scores = try explainer.scores(
        of: map, for: .class(0), input: input, metrics: [.deletion, .maxSensitivity])
      #expect(scores[0].value != nil && scores[1].value == nil)
    }
    // An edge between two rows is as strong on either side of it; a flat picture has none.
    let edges = try explainer.heatmap(
      of: FloatTensor(shape: [1, 2, 2], values: [1, 1, 1, 1]), by: .edges)
    #expect(edges.isEmpty)
  }
}
