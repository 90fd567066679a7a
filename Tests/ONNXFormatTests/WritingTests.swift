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

@Suite("Writing a model")
struct WritingTests {
  let folder = TemporaryFolder()

  @Test("that was not changed gives the same bytes")
  func identical() throws {
    // Floats stored typed come back raw, so only models that store them raw come back as they
    // were.
    var proto = SampleModel.proto
    proto.graph.initializer.removeLast()
    proto.graph.node[4].input[1] = "b"
    let bytes: [UInt8] = try proto.serializedBytes()
    let model = try ModelFile(contentsOf: try folder.write(bytes, to: "model.onnx"))
    let copy = folder.appending("copy.onnx")
    try model.write(to: copy)
    #expect(try Array(Data(contentsOf: URL(filePath: copy))) == bytes)
    #expect(folder.names == ["copy.onnx", "model.onnx"])
  }

  @Test("gives a file that stands alone, with the same values")
  func alone() throws {
    let path = try folder.write(SampleModel.bytes, to: "model.onnx")
    var model = try ModelFile(contentsOf: path)
    model.proto.producerName = "changed"
    let copy = folder.appending("below/copy.onnx")
    try FileManager.default.createDirectory(
      atPath: folder.appending("below"), withIntermediateDirectories: true)
    try model.write(to: copy)
    try FileManager.default.removeItem(atPath: path)
    let read = try ModelFile(contentsOf: copy)
    #expect(read.proto.producerName == "changed")
    #expect(
      try read.proto.graph.initializer.map { try read.floats(of: $0) } == [
        SampleModel.weights, [0.5], SampleModel.constant,
      ])
  }

  @Test("over its own file keeps the weights that are still mapped")
  func inPlace() throws {
    let path = try folder.write(SampleModel.bytes, to: "model.onnx")
    let model = try ModelFile(contentsOf: path)
    try model.write(to: path)
    #expect(try model.floats(of: model.proto.graph.initializer[0]) == SampleModel.weights)
    let again = try ModelFile(contentsOf: path)
    #expect(try again.floats(of: again.proto.graph.initializer[0]) == SampleModel.weights)
  }

  @Test("that is too large for one message puts the weights beside it")
  func large() throws {
    let path = try folder.write(SampleModel.bytes, to: "model.onnx")
    let model = try ModelFile(contentsOf: path)
    try model.write(to: folder.appending("copy.onnx"), largestMessage: 2000)
    #expect(folder.names == ["copy.onnx", "copy.onnx.data", "model.onnx"])
    let copy = try ModelFile(contentsOf: folder.appending("copy.onnx"))
    let tensors = copy.proto.graph.initializer
    #expect(try copy.floats(of: tensors[0]) == SampleModel.weights)
    #expect(try copy.floats(of: tensors[2]) == SampleModel.constant)
    #expect(tensors.compactMap { $0.external?.offset }.allSatisfy { $0.isMultiple(of: 4096) })
    #expect(copy.externalPaths == [folder.appending("copy.onnx.data")])
  }

  @Test("to where nothing can be written says so and leaves nothing")
  func unwritable() throws {
    let model = ModelFile(proto: SampleModel.proto)
    let missing = folder.appending("missing/model.onnx")
    let error = #expect(throws: DiagnosticError.self) { try model.write(to: missing) }
    #expect(
      error?.description == """
        Cannot write '\(missing)': no such file or directory
          help: name another place with '-o'
        """)
    try folder.write([], to: "occupied/x")
    #expect(throws: DiagnosticError.self) { try model.write(to: folder.appending("occupied")) }
    #expect(folder.names == ["occupied"])
  }
}
