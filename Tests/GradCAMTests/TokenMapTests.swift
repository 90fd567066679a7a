import Diagnostics
import ONNXFormat
import Testing
import _TestSupport

@testable import GradCAM

/// Small transformers by both exporters, beside PyTorch's float64 autograd.
@Suite struct TokenMapTests {
  @Test("The default layer and its grid are those of the literature", arguments: try names())
  func defaultLayer(_ name: String) throws {
    let network = try TokenNetwork(name)
    let layer = try #require(network.model.defaultLayer)
    #expect(network.reference.values.contains(layer.valueName), "'\(layer.name)'")
    #expect(([layer.name] + layer.aliases).contains(network.reference.layer), "'\(layer.name)'")
    #expect([layer.height, layer.width] == network.reference.grid)
    #expect(layer.prefixTokens == network.reference.prefixTokens)
    #expect(layer.suffixTokens == 0)
    #expect(layer.hasGradient)
  }

  @Test("Map and gradient are those of float64 autograd", arguments: try names())
  func map(_ name: String) throws {
    let network = try TokenNetwork(name)
    let explainer = try Explainer(network.model, preprocessing: .raw)
    let layer = try network.model.layer(named: nil)
    for (image, index) in network.reference.classes.enumerated() {
      let one = try network.rows("input", image)
      let why = try explainer.explanations(of: one, for: [.class(index)], at: [layer])[0]
      #expect(Self.error(why.rawMap.values, try network.rows("map", image).values) <= 2e-5)
      let found = try explainer.gradient(of: one, for: .class(index), at: layer)
      let expected = try network.rows("layer-gradient", image)
      #expect(found.gradient.shape == expected.shape)
      #expect(Self.error(found.gradient.values, expected.values) <= 1e-5)
      let input = try #require(network.model.layers.first { $0.operatorName == "Input" })
      let pixels = try explainer.gradient(of: one, for: .class(index), at: input).gradient
      let limit = max(2 * network.reference.float32InputError, 1e-5)
      #expect(Self.error(pixels.values, try network.rows("input-gradient", image).values) <= limit)
    }
  }

  @Test("Three targets at once get the maps that each gets alone", arguments: try names())
  func targets(_ name: String) throws {
    let network = try TokenNetwork(name)
    let explainer = try Explainer(network.model, preprocessing: .raw)
    let layers = [try network.model.layer(named: nil)]
    let one = try network.rows("input", 0)
    let targets = [4, 0, 2].map(Target.class)
    let together = try explainer.explanations(of: one, for: targets, at: layers)
    for (target, why) in zip(targets, together) {
      let alone = try explainer.explanations(of: one, for: [target], at: layers)[0]
      #expect(Self.error(why.rawMap.values, alone.rawMap.values) <= 1e-5)
    }
  }

  @Test(
    "A layer behind the last attention is refused with the one before it", arguments: try silent())
  func silentLayer(_ name: String) throws {
    let network = try TokenNetwork(name)
    let layer = try network.model.layer(named: network.reference.silent)
    #expect(!layer.hasGradient)
    let explainer = try Explainer(network.model, preprocessing: .raw)
    let one = try network.rows("input", 0)
    let error = try #require(throws: DiagnosticError.self) {
      try explainer.explanations(of: one, at: [layer])
    }
    #expect(error.message.hasSuffix("has no map: its places get no gradient"))
    #expect(error.help?.hasPrefix("explain '\(network.model.defaultLayer?.name ?? "")'") == true)
    // The gradient itself may be asked for, and is zero at all places.
    let gradient = try explainer.gradient(of: one, at: layer).gradient
    let places = gradient.values.dropFirst(layer.prefixTokens * layer.channels)
    #expect(places.allSatisfy { $0 == 0 })
    #expect(gradient.values.contains { $0 != 0 })
  }

  private static func names() throws -> [String] { try Fixtures.names(in: "Tokens") }

  private static func silent() throws -> [String] {
    try names().filter { try TokenNetwork($0).reference.silent != nil }
  }

  /// max |a − b| / max |b|.
  private static func error(_ values: [Float], _ expected: [Float]) -> Float {
    guard values.count == expected.count else { return .infinity }
    let largest = expected.reduce(0) { max($0, abs($1)) }
    return zip(values, expected).reduce(0) { max($0, abs($1.0 - $1.1)) } / max(largest, 1e-30)
  }
}

/// One of the networks in `Tokens`.
private struct TokenNetwork {
  let name: String
  let reference: Reference
  let model: Model

  struct Reference: Decodable {
    let classes: [Int]
    let float32InputError: Float
    let layer: String
    let values: [String]
    let grid: [Int]
    let prefixTokens: Int
    let silent: String?
  }

  init(_ name: String) throws {
    self.name = name
    reference = try Fixtures.json("Tokens/\(name)/reference.json")
    model = try Model(contentsOf: Fixtures.path("Tokens/\(name)/model.onnx"))
  }

  /// What an array holds of one image.
  func rows(_ array: String, _ image: Int) throws -> FloatTensor {
    let all = try FloatTensor(contentsOf: Fixtures.path("Tokens/\(name)/\(array).npy"))
    let size = all.values.count / all.shape[0]
    return FloatTensor(
      shape: Array(all.shape.dropFirst()),
      values: Array(all.values[image * size..<(image + 1) * size]))
  }
}
