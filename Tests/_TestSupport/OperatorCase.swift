package import ONNXFormat
package import ONNXSession

/// One operator with its values and gradients from float64, out of `Operators/operators.json`.
package struct OperatorCase: Decodable, Sendable, CustomStringConvertible {
  package let name: String
  /// The operator.
  package let op: String
  package let opset: Int
  private let modelRange: ByteRange
  private let inputArrays: [NamedArray]
  private let outputArrays: [NamedArray]
  private let cotangentArrays: [NamedArray]
  private let gradientArrays: [NamedArray]

  private enum CodingKeys: String, CodingKey {
    case name, op, opset
    case modelRange = "model"
    case inputArrays = "inputs"
    case outputArrays = "outputs"
    case cotangentArrays = "cotangents"
    case gradientArrays = "gradients"
  }

  package var description: String { name }

  /// All cases.
  package static func all() throws -> [OperatorCase] {
    try Fixtures.json("Operators/operators.json")
  }

  /// The model of one node.
  package var model: ModelProto {
    get throws { try ModelProto(serializedBytes: Self.bytes(modelRange)) }
  }
  /// What is fed.
  package var inputs: [String: Tensor] { get throws { try Self.tensors(inputArrays) } }
  /// What comes out.
  package var outputs: [String: Tensor] { get throws { try Self.tensors(outputArrays) } }
  /// The cotangent of each output.
  package var cotangents: [String: Tensor] { get throws { try Self.tensors(cotangentArrays) } }
  /// The gradient of each input that has one.
  package var gradients: [String: Tensor] { get throws { try Self.tensors(gradientArrays) } }
}

// MARK: - Arrays in the binary

extension OperatorCase {
  private struct ByteRange: Decodable {
    let offset: Int
    let bytes: Int
  }

  private struct NamedArray: Decodable {
    let name: String?
    let of: String?
    let type: String
    let shape: [Int]
    let offset: Int
    let bytes: Int
  }

  private static func tensors(_ arrays: [NamedArray]) throws -> [String: Tensor] {
    try Dictionary(
      uniqueKeysWithValues: arrays.map { array in
        let bytes = try bytes(ByteRange(offset: array.offset, bytes: array.bytes))
        let types: [String: ElementType] = ["bool": .bool, "int64": .int64]
        let type = types[array.type] ?? .float
        return (
          array.name ?? array.of ?? "",
          Tensor(elementType: type, shape: array.shape, bytes: bytes)
        )
      })
  }

  private static func bytes(_ range: ByteRange) throws -> [UInt8] {
    let data = try binary.get()
    return Array(data[range.offset..<range.offset + range.bytes])
  }

  private static let binary = Result { try [UInt8](Fixtures.data("Operators/operators.bin")) }
}
