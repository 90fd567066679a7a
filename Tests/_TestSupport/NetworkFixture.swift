package import ONNXFormat
package import ONNXSession

/// A small network as an exporter wrote it, with float64 gradients, out of `Networks`.
package struct NetworkFixture: Sendable {
  /// The folder's name, such as `resnet18-dynamo`.
  package let name: String

  /// The network of that name.
  package init(name: String) { self.name = name }

  /// All networks by both exporters.
  package static func all() throws -> [NetworkFixture] {
    try Fixtures.names(in: "Networks").map(NetworkFixture.init(name:))
  }

  /// The model, opened.
  package var model: ModelFile {
    get throws { try ModelFile(contentsOf: Fixtures.path("Networks/\(name)/model.onnx")) }
  }

  /// What the reference says of it.
  package var reference: Reference {
    get throws { try Fixtures.json("Networks/\(name)/reference.json") }
  }

  /// An array such as `layer-gradient`.
  package func array(_ array: String) throws -> Tensor {
    try Tensor(numpy: "Networks/\(name)/\(array).npy")
  }
}

extension NetworkFixture {
  /// `reference.json`.
  package struct Reference: Decodable, Sendable {
    package let network: String
    package let opset: Int
    /// The class differentiated, for each image.
    package let classes: [Int]
    /// How far PyTorch's own float32 gradient at the input is from float64.
    package let float32InputError: Float
    package let defaultLayer: DefaultLayer
    /// Names as people type them.
    package let names: [Module]
    /// Every module path that can be found in the graph.
    package let layers: [Module]
  }

  /// The last spatial value that every path passes.
  package struct DefaultLayer: Decodable, Sendable {
    package let value: String
    package let equalValues: [String]
    package let modules: [String]
    package let shape: [Int]
  }

  /// A module path and the tensor it gives.
  package struct Module: Decodable, Sendable {
    package let name: String?
    package let path: String
    package let calls: Int
    package let shape: [Int]
    package let sum: Float
    package let max: Float
    package let values: [String]
  }
}

extension NetworkFixture: CustomStringConvertible {
  package var description: String { name }
}
