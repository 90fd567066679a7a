import _TestSupport

@testable import GradCAM

/// A small network with the first of its recorded inputs.
enum FixtureNetwork {
  /// The network's folder below the fixtures, such as `Networks/vgg11-dynamo`.
  static func load(
    _ network: String, options: ExplainerOptions = ExplainerOptions()
  ) throws -> (explainer: Explainer, input: FloatTensor) {
    let all = try FloatTensor(contentsOf: Fixtures.path(network + "/input.npy"))
    let shape = Array(all.shape.dropFirst())
    let input = FloatTensor(shape: shape, values: Array(all.values[..<shape.reduce(1, *)]))
    let model = try Model(
      contentsOf: Fixtures.path(network + "/model.onnx"),
      size: ImageSize(width: shape[2], height: shape[1]))
    return (try Explainer(model, preprocessing: .raw, options: options), input)
  }
}
