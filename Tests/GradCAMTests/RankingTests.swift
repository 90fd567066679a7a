import ONNXFormat
import Testing
import _TestSupport

@testable import GradCAM

@Suite("Ranking of layers")
struct RankingTests {
  @Test("Measures are those of the gradient and the map")
  func measures() throws {
    let (explainer, input) = try resnet()
    let ranking = try explainer.ranking(of: input, for: .class(2))
    #expect(ranking.classes.map(\.index) == [2])
    #expect(ranking.layers.count { $0.isDefault } == 1)
    let sizes = try ranking.layers.map { row in
      let gradient = try explainer.gradient(of: input, for: .class(2), at: row.layer).gradient
      return gradient.values.reduce(0) { $0 + abs($1) } / Float(gradient.values.count)
    }
    let largest = try #require(sizes.max())
    for (row, size) in zip(ranking.layers, sizes) {
      #expect(abs(row.gradientSize - size / largest) < 1e-5, "\(row.layer.name)")
      let why = try explainer.explanations(of: input, for: [.class(2)], at: [row.layer])[0]
      let difference = Difference(row.rawMap.values, why.rawMap.values)
      #expect(difference.relative < 1e-5, "\(row.layer.name): \(difference)")
      #expect((0...1).contains(row.gradientShare))
      #expect((0...1).contains(row.score))
      #expect((row.verdict == .good) == row.findings.isEmpty)
    }
    let standard = ranking.layers.first { $0.isDefault }
    #expect(abs((standard?.agreement ?? 0) - 1) < 1e-5)
  }

  @Test("Better verdicts come first, and within one higher scores")
  func order() throws {
    let (explainer, input) = try resnet()
    let rows = try explainer.ranking(of: input, among: explainer.model.allRankingCandidates).layers
    #expect(rows.count > 10)
    for (first, second) in zip(rows, rows.dropFirst()) {
      #expect(first.verdict <= second.verdict)
      if first.verdict == second.verdict { #expect(first.score >= second.score) }
    }
  }

  @Test("Candidates are the ends of stages and some of the last")
  func candidates() throws {
    let names = try resnet().explainer.model.rankingCandidates.map(\.name)
    #expect(names == ["relu", "layer1", "layer2", "layer3", "layer4.0", "layer4"])
  }

  @Test("What was pooled is refused in words")
  func pooled() throws {
    let (explainer, input) = try resnet()
    let refused = try explainer.ranking(of: input).refused
    #expect(refused.map(\.name) == ["avgpool"])
    #expect(
      refused[0].reason == "not spatial: GlobalAveragePool left one place for the whole photo")
  }

  @Test("A layer whose map is negative everywhere says so")
  func onlyAgainst() throws {
    let explainer = try Explainer(pooled(weight: [-1, -0.5, 1, 1]), preprocessing: .raw)
    let input = FloatTensor(shape: [2, 8, 8], values: (0..<128).map { Float($0 % 9) + 1 })
    let row = try explainer.ranking(of: input, for: .class(0)).layers[0]
    #expect(row.verdict == .useless)
    #expect(
      row.findings == [
        "no evidence for the class: the map is negative everywhere; 'against' shows it"
      ])
  }

  @Test("A layer that the class does not read has no gradient")
  func noGradient() throws {
    let explainer = try Explainer(pooled(weight: [1, 0.5, 0, 0]), preprocessing: .raw)
    let input = FloatTensor(shape: [2, 8, 8], values: (0..<128).map { Float($0 % 9) })
    let row = try explainer.ranking(of: input, for: .class(1)).layers[0]
    #expect(row.gradientShare == 0)
    #expect(row.findings == ["no gradient: nothing here moves the class"])
    #expect(row.verdict == .useless)
  }

  @Test("A saturated probability is noted")
  func saturated() throws {
    let explainer = try Explainer(pooled(weight: [1, 0.5, 0, 0]), preprocessing: .raw)
    let input = FloatTensor(shape: [2, 8, 8], values: (0..<128).map { Float($0 * $0) })
    let ranking = try explainer.ranking(of: input)
    #expect((ranking.probability ?? 0) > 0.9999)
    #expect(ranking.notes.count == 1)
    #expect(ranking.notes[0].hasPrefix("the probability is saturated"))
  }

  @Test(
    "The Gini coefficient by hand",
    arguments: [
      ([1, 1, 1, 1], 0), ([0, 0, 0, 1], 0.75), ([1, 2, 3, 4], 0.25), ([0, 0], 0), ([], 0),
    ] as [([Float], Float)])
  func gini(values: [Float], expected: Float) {
    #expect(abs(MapStatistics.gini(values) - expected) < 1e-6)
  }

  @Test("Correlation by hand")
  func correlation() {
    #expect(MapStatistics.correlation([1, 2, 3], [2, 4, 6]) == 1)
    #expect(MapStatistics.correlation([1, 2, 3], [3, 2, 1]) == -1)
    #expect(MapStatistics.correlation([1, 2, 3], [5, 5, 5]) == nil)
    #expect(MapStatistics.correlation([1, 0, 1, 0], [1, 1, 0, 0]) == 0)
  }

  @Test("The spread of a map that is almost flat is small")
  func spread() {
    #expect(MapStatistics.spread([1, 0.98, 0.99]) < 0.05)
    #expect(MapStatistics.spread([1, -1]) == 2)
    #expect(MapStatistics.spread([0, 0]) == 0)
  }

  private func resnet() throws -> (explainer: Explainer, input: FloatTensor) {
    let path = Fixtures.path("Networks/resnet18-torchscript")
    let images = try FloatTensor(contentsOf: path + "/input.npy")
    let model = try Model(
      contentsOf: path + "/model.onnx",
      size: ImageSize(width: images.shape[3], height: images.shape[2]))
    let count = images.values.count / images.shape[0]
    let input = FloatTensor(
      shape: Array(images.shape.dropFirst()), values: Array(images.values[..<count]))
    return (try Explainer(model, preprocessing: .raw), input)
  }

  /// A feature map, its means, and a linear head of that weight.
  private func pooled(weight: [Float]) throws -> Model {
    try Model(
      ModelFile(
        proto: model(
          """
          feature = Relu(x)
          pooled = GlobalAveragePool(feature)
          flat = Flatten(pooled)
          logits = Gemm<transB=1>(flat, weight)
          """,
          inputs: [ToyModels.value("x", [-1, 2, 8, 8])],
          outputs: [ToyModels.value("logits", [-1, 2])],
          initializers: [TensorProto("weight", shape: [2, 2], floats: weight)])))
  }
}
