import Testing
import _TestSupport

@testable import GradCAM

@Suite("Metrics")
struct MetricTests {
  /// A score of a map over a tiny model's input.
  private func score(
    _ metric: Metric, _ map: [Float], _ model: Model? = nil,
    input: [Float] = [0.4, 0.3, 0.2, 0.1], evidence: Evidence = .both
  ) throws -> MetricScore {
    let model = try model ?? MetricModels.sum()
    let explainer = try Explainer(model, preprocessing: .raw)
    let size = model.input.size
    let heatmap = Heatmap(
      width: size.width, height: size.height, values: map, evidence: evidence,
      view: PhotoView(of: size))
    return try explainer.scores(
      of: heatmap, for: .class(0),
      input: FloatTensor(shape: model.input.imageShape, values: input), metrics: [metric])[0]
  }

  /// A metric to the baseline zero in so many steps.
  private func inSteps(
    _ metric: Metric, _ steps: Int, _ integration: MetricParameters.Integration = .trapezoid
  ) -> Metric {
    var metric = metric
    (metric.parameters.steps, metric.parameters.baseline) = (steps, .zero)
    metric.parameters.integration = integration
    return metric
  }

  @Test("Deletion and insertion of a sum have the curves worked out by hand")
  func curves() throws {
    let map: [Float] = [0.4, 0.3, 0.2, 0.1]
    let deletion = try score(inSteps(.deletion, 2), map)
    #expect(Difference(deletion.curves[0].values.map { Float($0) }, [1, 0.3, 0]).relative < 1e-6)
    #expect(deletion.curves[0].shares == [0, 0.5, 1])
    #expect(abs((deletion.value ?? 0) - 0.4) < 1e-6)
    let insertion = try score(inSteps(.insertion, 2), map)
    #expect(Difference(insertion.curves[0].values.map { Float($0) }, [0, 0.7, 1]).relative < 1e-6)
    #expect(abs((insertion.value ?? 0) - 0.6) < 1e-6)
  }

  @Test("What is 1 until a pixel is hidden is deleted at once", arguments: [1, 2, 4])
  func allOrNothing(steps: Int) throws {
    let map: [Float] = [0.4, 0.3, 0.2, 0.1]
    let model = try MetricModels.untilHidden()
    #expect(try score(inSteps(.deletion, steps, .steps), map, model).value == 0)
    // The trapezoid grants the half step that leads from 1 to 0.
    #expect(try score(inSteps(.deletion, steps), map, model).value == 0.5 / Double(steps))
    let dual = try MetricModels.onceShown()
    #expect(try score(inSteps(.insertion, steps, .steps), map, dual).value == 1)
    #expect(try score(inSteps(.insertion, steps), map, dual).value == 1 - 0.5 / Double(steps))
  }

  @Test("The average drop of a sum seen through one pixel is what the others give")
  func drop() throws {
    #expect(abs((try score(.averageDrop, [1, 0, 0, 0]).value ?? 0) - 0.6) < 1e-6)
    var absolute = Metric.averageDrop
    absolute.parameters.isAbsolute = true
    let input: [Float] = [0.8, 0.6, 0.4, 0.2]
    #expect(abs((try score(.averageDrop, [1, 0, 0, 0], input: input).value ?? 0) - 0.6) < 1e-6)
    #expect(abs((try score(absolute, [1, 0, 0, 0], input: input).value ?? 0) - 1.2) < 1e-6)
    #expect(try score(.increaseInConfidence, [1, 0, 0, 0]).value == 0)
    #expect(try score(.averageGain, [1, 0, 0, 0]).note != nil)
    // Of what speaks against, hiding raises the sum from 0.2 to 0.5.
    let mixed: [Float] = [0.4, -0.3, 0.1, 0]
    #expect(try score(.increaseInConfidence, [1, 0, 1, 0], input: mixed).value == 1)
    #expect(
      abs((try score(.averageGain, [1, 0, 1, 0], input: mixed).value ?? 0) - 0.3 / 0.8) < 1e-6)
    #expect(try score(.averageDrop, [1, 0, 1, 0], input: mixed).value == 0)
  }

  @Test("A map that tells a sum's effects correlates with them, its opposite against them")
  func correlation() throws {
    let input: [Float] = [0.4, 0.3, 0.2, 0.1]
    for subset in [1, 2] {
      var metric = Metric.faithfulnessCorrelation
      (metric.parameters.subset, metric.parameters.samples) = (subset, 20)
      let same = try #require(try score(metric, input).value)
      #expect(abs(same - 1) < 1e-6)
      let opposite = try #require(try score(metric, input.map { -$0 }).value)
      #expect(abs(opposite + 1) < 1e-6)
    }
    #expect(try score(.faithfulnessCorrelation, [1, 1, 1, 1]).value == nil)
  }

  @Test("ROAD of a sum is what the system of its four pixels gives")
  func road() throws {
    var metric = Metric.road
    (metric.parameters.steps, metric.parameters.noise) = (1, 0)
    // The upper two filled in: 5a = 2b + 0.5, 5b = 2a + 0.4; the lower two: 5c = 2d + 1.1,
    // 5d = 2c + 1.  The sums of all four are 0.6 and 1.4.
    let found = try score(metric, [0.4, 0.3, 0.2, 0.1])
    #expect(abs((found.value ?? 0) - 0.4) < 1e-6)
    #expect(found.curves.map(\.name) == ["most relevant first", "least relevant first"])
    #expect(abs(found.curves[0].values[0] - 0.6) < 1e-6)
    #expect(abs(found.curves[1].values[0] - 1.4) < 1e-6)
    #expect(found.curves[0].shares == [0.5])
  }

  @Test("Noise on what is filled in follows the seed")
  func roadSeeds() throws {
    var metric = Metric.road
    metric.parameters.noise = 0.1
    let map: [Float] = [0.4, 0.3, 0.2, 0.1]
    let first = try score(metric, map)
    #expect(try score(metric, map) == first)
    metric.parameters.seed = 1
    #expect(try score(metric, map).value != first.value)
  }

  @Test("Max-sensitivity of a map that is the photo itself is the largest relative noise")
  func sensitivity() throws {
    let model = try MetricModels.mean()
    let explainer = try Explainer(model, preprocessing: .raw)
    let input = FloatTensor(shape: [1, 2, 2], values: [4, -2, 1, 0])
    var metric = Metric.maxSensitivity
    (metric.parameters.samples, metric.parameters.radius) = (5, 0.25)
    let why = try explainer.explanations(
      of: input, for: [.class(0)], at: [model.layer(named: "a")], showing: .both)[0]
    let found = try explainer.scores(of: why, input: input, metrics: [metric])[0]
    // Each number moves by up to a quarter of the range of 6; maps are divided by their largest.
    var draws = SeededDraws(seed: 0)
    let scaled = { (values: [Double]) in
      values.map { $0 / (values.map { abs($0) }.max() ?? 1) }
    }
    let length = { (values: [Double]) in values.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    let map = scaled(input.values.map(Double.init))
    let expected = (0..<5).map { _ in
      let noisy = input.values.map { Double($0) + 1.5 * (2 * draws.uniform() - 1) }
      return length(zip(scaled(noisy), map).map { $0 - $1 }) / length(map)
    }.max()
    #expect(abs((found.value ?? 0) - (expected ?? -1)) < 1e-6)
  }

  @Test("Entropy and Gini coefficient are those of the shares")
  func distribution() throws {
    let even: [Float] = [0.5, 0.5, 0.5, 0.5]
    #expect(abs((try score(.complexity, even).value ?? 0) - 1.3862943611198906) < 1e-9)
    #expect(try score(.sparseness, even).value == 0)
    #expect(try score(.complexity, [0, -1, 0, 0]).value == 0)
    #expect(try score(.sparseness, [0, -1, 0, 0]).value == 0.75)
    // −¼ ln ¼ − ¾ ln ¾, and (1 · 1 + 3 · 3) / (4 · 4) of 0, 0, 1, 3.
    #expect(abs((try score(.complexity, [0, 0.25, 0, 0.75]).value ?? 0) - 0.5623351446) < 1e-9)
    #expect(try score(.sparseness, [0, 0.25, 0, 0.75]).value == 0.625)
    #expect(try score(.complexity, [0, 0, 0, 0]).value == nil)
    #expect(try score(.sparseness, [0, 0, 0, 0]).value == nil)
  }

  @Test("What a metric needs and does not get leaves it without a value")
  func missing() throws {
    for metric in Metric.localization {
      let found = try score(metric, [1, 0, 0, 0])
      #expect(found.value == nil && found.note == "no boxes and no mask are given")
    }
    let alone = try score(.maxSensitivity, [1, 0, 0, 0])
    #expect(alone.note == "the map comes from no explanation that could be made again")
  }

  @Test("Metrics have names of their own, and those say which they are")
  func names() {
    #expect(Set(Metric.all.map(\.name)).count == Metric.all.count)
    for metric in Metric.all {
      #expect(Metric.named(metric.name) == metric)
      #expect(!metric.summary.isEmpty && !metric.source.isEmpty)
    }
    #expect(Metric.named("deletions") == nil)
    #expect(
      "\(Metric.deletion)"
        == "deletion steps=50 baseline=zero quantity=probability integration=trapezoid")
  }

  @Test("A metric is read from what it is described as, with parameters of its own")
  func parsing() throws {
    for metric in Metric.all { #expect(try Metric(parsing: "\(metric)") == metric) }
    let road = try Metric(parsing: "road:noise=0,steps=5")
    #expect(road.parameters.noise == 0 && road.parameters.steps == 5)
    let drop = try Metric(parsing: "average-drop absolute=true baseline=mean")
    #expect(drop.parameters.isAbsolute == true && drop.parameters.baseline == .mean)
  }

  @Test(
    "What cannot be read says what there is",
    arguments: [
      ("deletoin", "No metric named 'deletoin'\n  help: did you mean 'deletion'?"),
      (
        "deletion stps=3",
        "Metric 'deletion' has no parameter 'stps'\n  help: did you mean 'steps'?"
      ),
      (
        "deletion steps=0",
        "Parameter 'steps' of metric 'deletion' is '0'\n  help: it is 1 through 100000"
      ),
      (
        "deletion baseline=red",
        "Parameter 'baseline' of metric 'deletion' is 'red'\n  help: it is one of zero, "
          + "black, white, mean, blur"
      ),
      (
        "complexity steps=3",
        "Metric 'complexity' has no parameter 'steps'\n  help: it has none"
      ),
    ])
  func unreadable(text: String, message: String) {
    #expect(throws: DiagnosticError.self) { try Metric(parsing: text) }
    do { _ = try Metric(parsing: text) } catch { #expect("\(error)" == message) }
  }
}
