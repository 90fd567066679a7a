import Testing

@testable import GradCAM

/// Models in integers beside PyTorch's float64 autograd of the straight-through estimator.
@Suite("Quantized models")
struct QuantizedModelTests {
  static let networks = try? NarrowNetwork.all(in: "Quantized")

  @Test("Every way of ONNX Runtime's tool is there")
  func count() { #expect((Self.networks ?? []).count >= 7) }

  /// float32 against float64 at the same integers; of 16 bits one step, 2⁻¹⁵ of the largest, is so
  /// small that float32's own rounding of what is quantized may take the next.
  @Test("Gradients and maps agree with float64", arguments: networks ?? [])
  func gradients(_ network: NarrowNetwork) throws {
    try network.check(tolerance: network.description.contains("int16") ? 4e-5 : 1e-5)
  }

  @Test("Outputs keep every bit", arguments: networks ?? [])
  func outputs(_ network: NarrowNetwork) throws {
    let explainer = try network.explainer
    for image in try network.images {
      for layer in [explainer.model.layers[0], try explainer.model.layer(named: nil)] {
        let why = try explainer.explanations(of: image, for: [.class(0)], at: [layer])[0]
        #expect(try explainer.probabilities(of: image) == why.probabilities)
      }
    }
  }

  @Test("Layers are real numbers, the default the last feature map", arguments: networks ?? [])
  func layers(_ network: NarrowNetwork) throws {
    let model = try network.explainer.model
    let layer = try model.layer(named: nil)
    #expect(([layer.name, layer.valueName] + layer.aliases).contains(network.reference.layer))
    for layer in model.layers {
      #expect(model.graph.elementType(of: layer.valueName).isFloatingPoint)
    }
  }

  @Test("Several targets get at once what each gets alone", arguments: networks ?? [])
  func targets(_ network: NarrowNetwork) throws {
    let explainer = try network.explainer
    let image = try network.images[0]
    let layer = try explainer.model.layer(named: nil)
    let all = try explainer.explanations(of: image, for: [.class(2), .class(0)], at: [layer])
    for (index, why) in zip([2, 0], all) {
      let alone = try explainer.explanations(of: image, for: [.class(index)], at: [layer])[0]
      let scale = alone.rawMap.values.reduce(0) { max($0, abs($1)) }
      for (a, b) in zip(alone.rawMap.values, why.rawMap.values) {
        #expect(abs(a - b) <= 1e-5 * scale)
      }
    }
  }
}
