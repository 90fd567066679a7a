import ONNXSession
import Testing
import _TestSupport

@testable import GradCAM

@Suite("Many targets of one image")
struct ManyTargetsTests {
  @Test(
    "Runs of a few targets each give the maps that one run gives",
    arguments: [Method.gradCAM, .hiResCAM, .fem])
  func runs(method: Method) throws {
    let model = try Model(contentsOf: Fixtures.path("Models/plain.onnx"))
    let explainer = try Explainer(model, preprocessing: .raw)
    var draws = SeededDraws(seed: 3)
    let count = model.input.imageShape.reduce(1, *)
    let values = (0..<count).map { _ in Float(draws.normal()) }
    let targets = (0..<5).map { ResolvedTarget([(index: $0 % model.classCount, weight: 1)]) }
    let layers = try model.layers(named: [], for: method)
    var graph = try explainer.graph(
      for: explainer.request(targets, at: layers, using: method))
    #expect(graph.targetsAtOnce > 5)
    let image = explainer.tensor(values, count: 1)
    let whole = try graph.run(image, targets, places: [:])
    graph.targetsAtOnce = 2
    let parts = try graph.run(image, targets, places: [:])
    #expect(parts.maps.map(\.shape) == whole.maps.map(\.shape))
    for (a, b) in zip(parts.maps[0].floats, whole.maps[0].floats) {
      #expect(abs(a - b) <= 1e-5 * max(1, abs(b)))
    }
  }
}
