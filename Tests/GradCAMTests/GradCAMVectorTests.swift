import Testing
import _TestSupport

@testable import GradCAM

@Suite("Grad-CAM by hand")
struct GradCAMVectorTests {
  private let ramp = FloatTensor(shape: [1, 4, 4], values: (0..<16).map(Float.init))

  @Test(
    "A hand-computed network gives its maps",
    arguments: [
      ("conv", [11.25, 13.5, 20.25, 22.5]),
      ("relu", [0, 4, 28, 32.5]),
      ("input", (0..<16).map { 0.5625 * Float($0) }),
    ])
  func handComputed(layer: String, expected: [Float]) throws {
    let explainer = try Explainer(ToyModels.handComputed(), preprocessing: .raw)
    let layer = try explainer.model.layer(named: layer)
    let why = try explainer.explanations(of: ramp, for: [.class(0)], at: [layer])[0]
    #expect(why.rawMap.values == expected)
  }

  @Test("The weighted maps of each channel are the hand-computed ones")
  func channels() throws {
    let explainer = try Explainer(ToyModels.handComputed(), preprocessing: .raw)
    let layer = try explainer.model.layer(named: "conv")
    let (activation, gradient) = try explainer.gradient(of: ramp, for: .class(0), at: layer)
    let weighted = (0..<2).map { channel -> [Float] in
      let part = channel * 4..<channel * 4 + 4
      let weight = gradient.values[part].reduce(0, +) / 4
      return activation.values[part].map { weight * $0 }
    }
    #expect(weighted == [[-3.75, 3, 23.25, 30], [15, 10.5, -3, -7.5]])
  }

  @Test("With g = A the channel weights are the mean activations")
  func weights() throws {
    let explainer = try Explainer(ToyModels.gradientEqualsActivation(), preprocessing: .raw)
    let maps: [[Float]] = [[1, 1, 1, 1], [1, 1, 0, 0], [1, 0.5, 0, 0], [0.5, 0, 0, 0]]
    let input = FloatTensor(shape: [4, 2, 2], values: maps.flatMap { $0 })
    let layer = try explainer.model.layer(named: "a")
    let (_, gradient) = try explainer.gradient(of: input, for: .class(0), at: layer)
    let weights = (0..<4).map { gradient.values[4 * $0..<4 * $0 + 4].reduce(0, +) / 4 }
    #expect(weights == [1, 0.5, 0.375, 0.125])
    let why = try explainer.explanations(of: input, for: [.class(0)], at: [layer])[0]
    let expected = (0..<4).map { place in
      zip(weights, maps).reduce(Float(0)) { $0 + $1.0 * $1.1[place] }
    }
    #expect(why.rawMap.values == expected)
  }

  @Test("With global average pooling, Z · Grad-CAM is CAM")
  func classActivationMap() throws {
    var random = SeededGenerator(seed: 7)
    let weight = random.floats(12)
    let model = try ToyModels.pooledHead(weight: weight, convolution: random.floats(108))
    let explainer = try Explainer(model, preprocessing: .raw)
    let input = FloatTensor(shape: [3, 5, 6], values: random.floats(90))
    let layer = try #require(model.defaultLayer)
    #expect(layer.name == "maps")
    let targets: [Target] = [.class(0), .class(1), .class(2)]
    let explanations = try explainer.explanations(of: input, for: targets, at: [layer])
    let (activation, _) = try explainer.gradient(of: input, for: .class(0), at: layer)
    for (index, why) in explanations.enumerated() {
      for place in 0..<30 {
        let cam = (0..<4).reduce(Float(0)) {
          $0 + weight[index * 4 + $1] * activation.values[$1 * 30 + place]
        }
        // Sums of four products in float32.
        #expect(abs(30 * why.rawMap.values[place] - cam) < 1e-5)
      }
    }
  }

  @Test("Several targets in one run equal each alone")
  func together() throws {
    var random = SeededGenerator(seed: 8)
    let model = try ToyModels.pooledHead(
      weight: random.floats(12), convolution: random.floats(108))
    let explainer = try Explainer(model, preprocessing: .raw)
    let input = FloatTensor(shape: [3, 5, 6], values: random.floats(90))
    let layer = try #require(model.defaultLayer)
    let targets: [Target] =
      Target.top(3) + [.class(2), .class(0).ratherThan(.class(1)), .predicted]
    let together = try explainer.explanations(of: input, for: targets, at: [layer])
    for (target, why) in zip(targets, together) {
      let alone = try explainer.explanations(of: input, for: [target], at: [layer])[0]
      #expect(alone.classes == why.classes)
      for (a, b) in zip(alone.rawMap.values, why.rawMap.values) { #expect(abs(a - b) < 1e-6) }
    }
    #expect(together[0].classIndex == together[5].classIndex)
    let logits = together[0].logits
    #expect(together[4].logit == logits[0] - logits[1])
    #expect(together[0].probabilities == together[1].probabilities)
    #expect((together[0].probability ?? 0) >= (together[1].probability ?? 1))
  }
}
