import Testing

@testable import GradCAM

@Suite("ShapleyCAM's second gradient")
struct SecondGradientTests {
  @Test(
    "H·A is how the gradient changes with A",
    arguments: [
      "Networks/efficientnet_b0-dynamo", "Networks/convnext_tiny-torchscript", "Tokens/vit-dynamo",
      "Tokens/vit-average-torchscript", "Tokens/convnext-dynamo", "Tokens/mixer-dynamo",
    ])
  func change(name: String) throws {
    let (explainer, input) = try FixtureNetwork.load(name)
    let (model, shape) = (explainer.model, input.shape)
    // At the input A is what is fed, so that A can be changed.
    let layer = model.layers[0]
    let step: Float = 0.01
    func gradient(_ factor: Float) throws -> [Float] {
      try explainer.gradient(
        of: FloatTensor(shape: shape, values: input.values.map { $0 * factor }),
        for: .class(1), at: layer
      ).gradient.values
    }
    let changes = zip(try gradient(1 + step), try gradient(1 - step)).map {
      ($0 - $1) / (2 * step)
    }
    let size = shape[1] * shape[2]
    let means = (0..<shape[0]).map { channel in
      changes[channel * size..<(channel + 1) * size].reduce(0, +) / Float(size)
    }
    let expected = (0..<size).map { place in
      -0.5 * means.indices.reduce(Float(0)) { $0 + means[$1] * input.values[$1 * size + place] }
    }
    let maps = try [Method.shapleyCAM, .gradCAM].map {
      try explainer.explanations(of: input, for: [.class(1)], at: [layer], using: $0)[0]
        .rawMap.values
    }
    let found = zip(maps[0], maps[1]).map { $0 - $1 }
    let scale = expected.reduce(0) { max($0, abs($1)) }
    let error = zip(found, expected).reduce(0) { max($0, abs($1.0 - $1.1)) }
    #expect(scale > 0)
    // Differences of float32 gradients.
    #expect(error <= 0.02 * scale, "\(error / scale)")
  }

  @Test("Behind piecewise linear operators alone the map is Grad-CAM's")
  func linear() throws {
    let network = "Networks/vgg11-dynamo"
    let (explainer, input) = try FixtureNetwork.load(network)
    let layers = [try explainer.model.layer(named: nil)]
    let maps = try [Method.shapleyCAM, .gradCAM].map {
      try explainer.explanations(of: input, at: layers, using: $0)[0].rawMap
    }
    #expect(maps[0] == maps[1])
  }
}
