#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

import ONNXFormat
import ONNXSession
import _TestSupport

/// One of ONNX's own test vectors, as `Tools/conformance.py` writes them.
struct ConformanceVector: Sendable, CustomStringConvertible {
  /// Its folder's name, such as `conv_with_strides_padding`.
  let name: String

  var description: String { name }

  /// The folder of all vectors.
  static let folder = Fixtures.folder + "/../../.cache/conformance"

  /// What the vectors were made of; nil where there are none.
  static let stamp: String? = try? String(
    decoding: Data(contentsOf: URL(filePath: folder + "/stamp")), as: UTF8.self)

  /// Why there are no vectors.
  static var absence: String {
    let reason = try? String(
      decoding: Data(contentsOf: URL(filePath: folder + ".unavailable")), as: UTF8.self)
    return reason ?? "no vectors in .cache/conformance; 'make vectors' writes them"
  }

  /// All vectors, sorted by name; empty where none were made.
  static func all() throws -> [ConformanceVector] {
    guard stamp != nil else { return [] }
    return try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0 != "stamp" }.sorted().map(ConformanceVector.init(name:))
  }

  /// The model, opened by path as a user's would be.
  var model: ModelFile {
    get throws { try ModelFile(contentsOf: "\(Self.folder)/\(name)/model.onnx") }
  }

  /// A tensor in a file of its own, such as `input_0`; nil where there is no such file.
  func tensor(_ file: String) throws -> TensorProto? {
    let url = URL(filePath: "\(Self.folder)/\(name)/\(file).pb")
    guard let data = try? Data(contentsOf: url) else { return nil }
    return try TensorProto(serializedBytes: data)
  }
}

extension Tensor {
  /// The tensor that a message stores; nil for elements without a width of their own.
  init?(_ tensor: TensorProto) {
    guard tensor.elementType.byteWidth != nil, let count = tensor.elementCount,
      tensor.hasRawData, tensor.elementType.byteCount(of: count) == tensor.rawData.count
    else { return nil }
    self.init(
      elementType: tensor.elementType, shape: tensor.shape, bytes: [UInt8](tensor.rawData))
  }
}
