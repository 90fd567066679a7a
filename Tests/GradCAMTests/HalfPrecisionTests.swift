import ONNXFormat
import Testing

@testable import GradCAM

/// Models in float16 and bfloat16 whose gradients float16 could not hold.
@Suite("Half precision")
struct HalfPrecisionTests {
  static let networks = try? NarrowNetwork.all(in: "Half")

  @Test("Both types are there, whole and between casts")
  func count() { #expect((Self.networks ?? []).count == 4) }

  /// bfloat16 runs in float32.  In float16 a runtime may round each of the seven values on the
  /// way to the logits to 11 bits, one after the other: 7 · 2⁻¹¹.
  @Test("Gradients below float16's least number agree with float64", arguments: networks ?? [])
  func gradients(_ network: NarrowNetwork) throws {
    try network.check(
      tolerance: network.description.hasPrefix("bfloat16") ? 1e-5 : 7 * 0x1p-11)
    let largest = try network.array("layer-gradient")[0].values.reduce(0) { max($0, abs($1)) }
    #expect(largest > 0 && largest < 0x1p-24)
  }

  @Test("Outputs keep every bit", arguments: networks ?? [])
  func outputs(_ network: NarrowNetwork) throws {
    let explainer = try network.explainer
    let image = try network.images[0]
    for layer in [explainer.model.layers[0], try explainer.model.layer(named: nil)] {
      let why = try explainer.explanations(of: image, for: [.class(0)], at: [layer])[0]
      #expect(try explainer.probabilities(of: image) == why.probabilities)
    }
  }

  @Test("That bfloat16 was widened is part of what made an explanation", arguments: networks ?? [])
  func provenance(_ network: NarrowNetwork) throws {
    let explainer = try network.explainer
    let layers = [try explainer.model.layer(named: nil)]
    let why = try explainer.explanations(of: network.images[0], at: layers)[0]
    let isWidened = why.provenance.contains { $0.key == "Widened" }
    #expect(isWidened == network.description.hasPrefix("bfloat16"))
    #expect(explainer.model.input.elementType != .bfloat16)
  }
}
