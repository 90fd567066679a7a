import Testing

@testable import GradCAM

@Suite("Where CAM exists")
struct MeanHeadTests {
  @Test(
    "Behind means and linear layers alone CAM is Z times Grad-CAM",
    arguments: [
      "Networks/resnet18-dynamo", "Networks/resnet50-torchscript",
      "Networks/densenet121-dynamo", "Networks/densenet121-torchscript",
      "Networks/mobilenet_v2-torchscript", "Networks/efficientnet_b0-dynamo",
      "Networks/googlenet-dynamo", "Tokens/vit-average-dynamo",
    ])
  func equal(network: String) throws {
    let (explainer, input) = try FixtureNetwork.load(network)
    let layer = try #require(MeanHead.layer(of: explainer.model))
    let cam = try explainer.explanations(of: input, at: [layer], using: .cam)[0].rawMap
    let plain = try explainer.explanations(of: input, at: [layer])[0].rawMap
    let count = Float(layer.height * layer.width)
    #expect(cam.values == plain.values.map { $0 * count } || cam.maximum != 0)
    for (a, b) in zip(cam.values, plain.values) {
      #expect(abs(a - b * count) <= 2e-6 * max(cam.maximum, -cam.minimum))
    }
    // So are the others that see the mean alone.
    for method in [Method.hiResCAM, .xGradCAM] {
      let other = try explainer.explanations(of: input, at: [layer], using: method)[0].rawMap
      for (a, b) in zip(other.values, plain.values) {
        #expect(abs(a - b) <= 1e-5 * max(plain.maximum, -plain.minimum), "\(method.name)")
      }
    }
  }

  @Test(
    "Where anything else stands between, CAM is refused with what stands there",
    arguments: [
      ("Networks/vgg11-dynamo", "operator AveragePool ('"),
      ("Networks/mobilenet_v3_small-dynamo", "operator HardSwish ('"),
      ("Tokens/vit-dynamo", "operator MatMul ('"),
    ])
  func refused(network: String, reason: String) throws {
    let (explainer, input) = try FixtureNetwork.load(network)
    let layer = try explainer.model.layer(named: nil)
    let error = try #require(throws: DiagnosticError.self) {
      try explainer.explanations(of: input, at: [layer], using: .cam)
    }
    #expect(error.kind == .input)
    #expect(error.message.hasSuffix("are not linear in the means of layer '\(layer.name)'"))
    #expect(error.notes[0].contains(reason), "\(error.notes)")
    #expect(error.help?.contains("method 'gradcam'") == true)
  }
}
