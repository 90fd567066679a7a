import ONNXFormat
import Testing
import _TestSupport

@testable import GradCAM

@Suite("Formulas of layers")
struct FormulaTests {
  /// The feature maps and the gradient as formulas see them, as methods of their own.
  private static let parts = [
    Method(name: "a", title: "", source: "", procedure: .formula { $0.activation }),
    Method(name: "g", title: "", source: "", procedure: .formula { $0.gradient }),
  ]

  private static let methods: [Method] = [
    .gradCAM, .gradCAMPlusPlus, .xGradCAM, .hiResCAM, .elementWise, .layerCAM, .fem, .eigenCAM,
    .eigenGradCAM, .kpcaCAM,
  ]

  /// Channels first and last, tokens with and without others beside them, windows, a volume.
  private static let models = [
    "Networks/resnet18-dynamo", "Networks/densenet121-torchscript", "Tokens/vit-registers-dynamo",
    "Tokens/swin-torchscript", "Tokens/convnext-dynamo", "Tokens/xcit-dynamo", "Models/volume",
    "Models/volume-channels-last",
  ]

  private static func load(_ name: String) throws -> (Explainer, FloatTensor) {
    let isFolder = !name.hasPrefix("Models")
    let input = try FloatTensor(
      contentsOf: Fixtures.path(isFolder ? name + "/input.npy" : "Models/Volume/input.npy"))
    let first = Array(input.shape.dropFirst())
    let size = ImageSize(width: first[first.count - 1], height: first[first.count - 2])
    let path = Fixtures.path(isFolder ? name + "/model.onnx" : name + ".onnx")
    let model = try isFolder ? Model(contentsOf: path, size: size) : Model(contentsOf: path)
    let count = first.reduce(1, *)
    let one = FloatTensor(shape: first, values: Array(input.values[..<count]))
    guard !isFolder else { return (try Explainer(model, preprocessing: .raw), one) }
    // One channel: the order of the axes is the same numbers.
    let volume = FloatTensor(shape: model.input.imageShape, values: input.values)
    return (try Explainer(model, preprocessing: .raw), volume)
  }

  @Test("In graphs formulas give what plain loops in float64 give", arguments: models)
  func formulas(name: String) throws {
    let (explainer, input) = try Self.load(name)
    let layer = try #require(explainer.model.defaultLayer)
    func map(_ method: Method) throws -> [Float] {
      try explainer.explanations(of: input, for: [.class(1)], at: [layer], using: method)[0]
        .rawMap.values
    }
    let reference = FormulaReference(
      activation: try map(Self.parts[0]), gradient: try map(Self.parts[1]),
      channels: layer.channels)
    for method in Self.methods {
      let expected = try #require(reference.map(method.name))
      let found = try map(method)
      let scale = expected.reduce(0) { max($0, abs($1)) }
      let error = zip(found, expected).reduce(0) { max($0, abs(Double($1.0) - $1.1)) }
      #expect(found.count == expected.count)
      // No place of a few stands out by two deviations.
      #expect(scale > 0 || method == .fem)
      #expect(error <= 1e-4 * scale, "\(method.name) of \(name): \(error / scale)")
    }
  }

  @Test(
    "Three targets at once get the maps that each gets alone",
    arguments: [
      "Networks/resnet18-dynamo", "Networks/vgg11-torchscript", "Tokens/vit-dynamo",
      "Tokens/swin-dynamo",
    ])
  func targets(name: String) throws {
    let (explainer, input) = try Self.load(name)
    let targets = [2, 0, 4].map(Target.class)
    for method in Method.layerFormulas {
      var method = method
      if method.parameters.samples != nil { method.parameters.samples = 2 }
      let layers = try explainer.model.layers(for: method)
      do {
        let together = try explainer.explanations(
          of: input, for: targets, at: layers, using: method)
        for (target, why) in zip(targets, together) {
          let alone = try explainer.explanations(
            of: input, for: [target], at: layers, using: method)[0].rawMap
          let scale = alone.values.reduce(0) { max($0, abs($1)) }
          let error = zip(why.rawMap.values, alone.values).reduce(0) { max($0, abs($1.0 - $1.1)) }
          // A component of nearly equal ones moves more than what it is made of.
          let limit: Float = method == .eigenGradCAM ? 1e-4 : 2e-6
          #expect(error <= limit * scale, "\(method.name) of \(name): \(error / scale)")
        }
      } catch {
        #expect(method == .cam, "\(method.name): \(error)")
        #expect(error.message.contains("not linear in the means"))
      }
    }
  }

  @Test("Without noise Smooth Grad-CAM++ is Grad-CAM++, and a seed fixes it")
  func smooth() throws {
    let (explainer, input) = try Self.load("Networks/resnet18-dynamo")
    let layers = [try explainer.model.layer(named: "layer3")]
    func map(_ method: Method, noise: Float? = nil, seed: UInt32 = 0) throws -> [Float] {
      var method = method
      if let noise { method.parameters.noise = noise }
      if method.parameters.samples != nil { method.parameters.samples = 3 }
      method.parameters.seed = seed
      return try explainer.explanations(
        of: input, for: [.class(3)], at: layers, using: method)[0].rawMap.values
    }
    let plain = try map(.gradCAMPlusPlus)
    let scale = plain.reduce(0) { max($0, abs($1)) }
    for (a, b) in zip(try map(.smoothGradCAMPlusPlus, noise: 0), plain) {
      #expect(abs(a - b) <= 1e-5 * scale)
    }
    for method in [Method.smoothGradCAMPlusPlus, .randomCAM] {
      #expect(try map(method, seed: 5) == map(method, seed: 5))
      #expect(try map(method, seed: 5) != map(method, seed: 6))
    }
  }

  @Test("Only sums over channels are smoothed by principal components")
  func smoothing() throws {
    let (explainer, input) = try Self.load("Networks/resnet18-dynamo")
    let layers = [try explainer.model.layer(named: nil)]
    for method in Method.all where !method.sumsChannels {
      let error = try #require(throws: DiagnosticError.self) {
        let places = method.usesLayer ? layers : [explainer.model.layers[0]]
        return try explainer.explanations(of: input, at: places, using: method.eigenSmoothed)
      }
      #expect(error.message.contains("'\(method.name)' cannot be smoothed"))
      #expect(error.help?.contains("gradcam, ") == true)
    }
    // The component of g ⊙ A is EigenGradCAM, and that of HiResCAM's sum.
    let maps = try [Method.hiResCAM.eigenSmoothed, .eigenGradCAM].map {
      try explainer.explanations(of: input, at: layers, using: $0)[0].rawMap
    }
    #expect(maps[0] == maps[1])
    #expect(Method.gradCAM.eigenSmoothed != .gradCAM)
  }
}
