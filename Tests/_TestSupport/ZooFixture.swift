package import ONNXFormat
package import ONNXSession

/// A small network as a converter other than PyTorch's wrote it, with float64 gradients, out of
/// `Zoo`.
package struct ZooFixture: Sendable, CustomStringConvertible {
  /// The folder's name, such as `keras-resnet50-tf2onnx`.
  package let name: String

  /// All networks.
  package static func all() throws -> [ZooFixture] {
    try Fixtures.names(in: "Zoo").map(ZooFixture.init(name:))
  }

  /// The path of the model.
  package var path: String { Fixtures.path("Zoo/\(name)/model.onnx") }

  /// The model, opened.
  package var model: ModelFile { get throws { try ModelFile(contentsOf: path) } }

  /// What the reference says of it.
  package var reference: Reference {
    get throws { try Fixtures.json("Zoo/\(name)/reference.json") }
  }

  /// An array such as `layer-gradient`.
  package func array(_ array: String) throws -> Tensor {
    try Tensor(numpy: "Zoo/\(name)/\(array).npy")
  }

  package var description: String { name }

  /// `reference.json`.
  package struct Reference: Decodable, Sendable {
    /// Names of the image and of what comes out.
    package let input: String
    package let output: String
    /// The value that holds the logits, where the output is their softmax.
    package let logits: String?
    /// The class differentiated, for each image.
    package let classes: [Int]
    /// How far the framework's own float32 gradient at the input is from float64.
    package let float32InputError: Float
    /// Whether the arrays have their channels last.
    package let isChannelsLast: Bool
    /// The name of the layer explained when none is named.
    package let defaultLayer: String
    /// Shape of the default layer, of both images.
    package let defaultShape: [Int]
    /// Names of other layers, each with its sides without the batch.
    package let names: [String: [Int]]
    /// The values that these names mean, where they are known.
    package let values: [String: String]?
  }
}
