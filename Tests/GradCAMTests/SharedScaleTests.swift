import Testing
import _TestSupport

@testable import GradCAM

@Suite("Maps on a scale in common")
struct SharedScaleTests {
  /// Explanations of the plain model for numbers that differ from pixel to pixel.
  private func explanations(
    _ method: Method, _ evidence: Evidence, preset: Preset = .paper
  ) throws -> [Explanation] {
    let model = try Model(contentsOf: Fixtures.path("Models/plain.onnx"))
    let count = model.input.imageShape.reduce(1, *)
    let input = FloatTensor(
      shape: model.input.imageShape, values: (0..<count).map { Float($0 * 7919 % 101) / 50 - 1 })
    return try Explainer(model, preprocessing: .raw).explanations(
      of: input, for: [.class(0), .class(3)], at: model.layers(for: method),
      options: ExplanationOptions(method: method, preset: preset, evidence: evidence))
  }

  @Test(
    "A map scaled to its own reach is drawn as on its own scale, clipped or not",
    arguments: [Method.gradCAM, .inputXGradient, .integratedGradients])
  func own(_ method: Method) throws {
    for why in try explanations(method, .both) {
      let limit = why.limit(ofLayer: 0)
      let scaled = why.heatmap(ofLayer: 0, scaledTo: limit)
      let difference = Difference(scaled.values, why.heatmap.values)
      #expect(difference.relative <= 1e-6, "\(difference)")
      #expect(scaled.peak?.x == why.heatmap.peak?.x && scaled.peak?.y == why.heatmap.peak?.y)
      #expect((scaled.clippedShare > 0) == (why.heatmap.clippedShare > 0))
      #expect(why.unit(ofLayer: 0) == limit)
    }
  }

  @Test("No value passes 1 on the scale of the other map, and the share drawn alike is told")
  func shared() throws {
    let why = try explanations(.inputXGradient, .both)
    let limits = why.map { $0.limit(ofLayer: 0) }
    let smaller = limits.min() ?? 0
    for (why, limit) in zip(why, limits) {
      let scaled = why.heatmap(ofLayer: 0, scaledTo: smaller)
      #expect(scaled.values.allSatisfy { abs($0) <= 1 })
      let beyond = why.rawMap.values.count { abs($0) > smaller * 1.000_001 }
      #expect(abs(scaled.clippedShare - Double(beyond) / Double(scaled.values.count)) < 0.02)
      #expect(limit <= why.rawMap.limit(of: .both))
    }
  }

  @Test("What 1 stands for is not told where a preset scales the map once more")
  func rescaled() throws {
    let why = try explanations(.gradCAM, .both, preset: .pytorchGradCAM)[0]
    #expect(why.unit(ofLayer: 0) == nil)
    #expect(why.heatmap(ofLayer: 0, showing: .for).values.count == why.heatmap.values.count)
  }
}
