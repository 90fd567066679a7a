#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

import Diagnostics
import SwiftProtobuf
import Testing
import _TestSupport

@testable import ONNXFormat

@Suite("A model file")
struct ModelFileTests {
  let folder = TemporaryFolder()

  /// The bytes of a model with a change.
  private static func changed(_ change: (inout ModelProto) -> Void) -> [UInt8] {
    var proto = model(
      "y = Relu(x)", inputs: [ValueInfoProto("x", .float, [1])],
      outputs: [ValueInfoProto("y", .float, [1])])
    change(&proto)
    return (try? proto.serializedBytes()) ?? []
  }

  @Test("keeps large values in the file and small ones in the graph")
  func skeleton() throws {
    let path = try folder.write(SampleModel.bytes, to: "model.onnx")
    let model = try ModelFile(contentsOf: path)
    let tensors = model.proto.graph.initializer
    #expect(tensors.map(\.name) == ["w", "b", "typed"])
    #expect(tensors.map(\.isExternal) == [true, false, true])
    #expect(tensors[0].external?.location == "model.onnx")
    #expect(tensors[0].external?.length == 1024)
    #expect(model.proto.graph.node[0].attribute[0].t.isExternal)
    #expect(try model.sessionData().count < 1000)
    #expect(model.folder == folder.path)
    #expect(model.name == "model.onnx")
    #expect(model.externalPaths.isEmpty)
  }

  @Test("reads values wherever they are stored")
  func values() throws {
    let path = try folder.write(SampleModel.bytes, to: "model.onnx")
    let model = try ModelFile(contentsOf: path)
    let tensors = model.proto.graph.initializer
    #expect(try model.floats(of: tensors[0]) == SampleModel.weights)
    #expect(try model.floats(of: tensors[1]) == [0.5])
    #expect(try model.floats(of: tensors[2]) == SampleModel.constant)
    #expect(
      try model.floats(of: model.proto.graph.node[0].attribute[0].t) == SampleModel.constant)
    #expect(try model.rawBytes(of: tensors[0]).count == 1024)
  }

  @Test("gives the file's own bytes for hashing")
  func hashing() throws {
    let path = try folder.write(SampleModel.bytes, to: "model.onnx")
    let model = try ModelFile(contentsOf: path)
    #expect(try bytes(of: model) == SampleModel.bytes)
    let inMemory = ModelFile(proto: SampleModel.proto)
    #expect(try bytes(of: inMemory) == SampleModel.bytes)
  }

  @Test("keeps fields that the schema does not know")
  func unknownFields() throws {
    // Field 999 of the model, of a node's attribute and of an initializer.
    let unknown: [UInt8] = [0xba, 0x3e, 3, 1, 2, 3]
    var proto = SampleModel.proto
    try proto.graph.initializer[0].merge(serializedBytes: unknown)
    try proto.graph.node[0].merge(serializedBytes: unknown)
    try proto.merge(serializedBytes: unknown)
    let path = try folder.write(try proto.serializedBytes() as [UInt8], to: "model.onnx")
    let model = try ModelFile(contentsOf: path)
    #expect(model.proto.unknownFields.data == Data(unknown))
    #expect(model.proto.graph.initializer[0].unknownFields.data == Data(unknown))
    #expect(model.proto.graph.node[0].unknownFields.data == Data(unknown))
    #expect(model.proto.graph.initializer[0].isExternal)
  }

  @Test("gives a weight's bytes as long as they are held, even when the model is gone")
  func lifetime() throws {
    let path = try folder.write(SampleModel.bytes, to: "model.onnx")
    let bytes = try {
      let model = try ModelFile(contentsOf: path)
      return try model.rawBytes(of: model.proto.graph.initializer[0])
    }()
    #expect(bytes.withUnsafeBytes { ElementType.float.floats($0) } == SampleModel.weights)
  }

  @Test(
    "refuses versions that are too old",
    arguments: [
      (
        changed { $0.irVersion = 2 },
        """
        'model.onnx' has IR version 2, but 3 or later is needed
          help: export the model again, or convert it with 'onnx.version_converter'
        """
      ),
      (
        changed { $0.opsetImport[0].version = 6 },
        """
        'model.onnx' has opset 6, but 7 or later is needed
          help: export the model again, or convert it with 'onnx.version_converter'
        """
      ),
      (
        changed { $0.opsetImport[0].domain = "com.example" },
        """
        'model.onnx' does not say which version of the ONNX operators it uses
          help: export the model again, or complete it with 'onnx.version_converter'
        """
      ),
      (
        changed { $0.clearGraph() },
        """
        'model.onnx' is not an ONNX model: there is no graph in it
          help: export the model to ONNX
        """
      ),
    ] as [([UInt8], String)])
  func versions(bytes: [UInt8], text: String) throws {
    let path = try folder.write(bytes, to: "model.onnx")
    let error = #expect(throws: DiagnosticError.self) { try ModelFile(contentsOf: path) }
    #expect(error?.description == text)
  }

  @Test(
    "refuses values that do not fill their shape",
    arguments: [
      (
        [3], "has 4 bytes of values, but its shape [3] of float32 needs 12"
      ),
      ([-1], "has the impossible shape [-1]"),
      ([1 << 62, 4], "has the impossible shape [4611686018427387904, 4]"),
      ([], nil),
    ] as [([Int64], String?)])
  func shapes(dims: [Int64], text: String?) throws {
    var proto = SampleModel.proto
    proto.graph.initializer[1].dims = dims
    let path = try folder.write(try proto.serializedBytes() as [UInt8], to: "model.onnx")
    guard let text else {
      #expect(throws: Never.self) { try ModelFile(contentsOf: path) }
      return
    }
    let error = #expect(throws: DiagnosticError.self) { try ModelFile(contentsOf: path) }
    #expect(error?.message == "Initializer 'b' in 'model.onnx' \(text)")
  }

  /// The bytes a model is hashed by.
  private func bytes(of model: ModelFile) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try model.readThrough { bytes += $0 }
    return bytes
  }
}
