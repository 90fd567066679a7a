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

@Suite("External data")
struct ExternalDataTests {
  let folder = TemporaryFolder()

  /// Writes a model whose initializer `w`, two floats, lies in another file.
  @discardableResult
  private func write(
    _ name: String = "model.onnx", location: String, offset: String? = nil, length: String? = nil
  ) throws -> String {
    var tensor = TensorProto("w", shape: [2], floats: [1, 2])
    tensor.clearRawData()
    tensor.external = ExternalData(location: location, offset: 0, length: nil)
    tensor.externalData[1].value = offset ?? "0"
    if let length {
      var entry = StringStringEntryProto()
      entry.key = "length"
      entry.value = length
      tensor.externalData.append(entry)
    }
    let proto = model(
      "y = Add(x, w)", inputs: [ValueInfoProto("x", .float, [2])],
      outputs: [ValueInfoProto("y", .float, [2])], initializers: [tensor])
    return try folder.write(try proto.serializedBytes() as [UInt8], to: name)
  }

  private static let bytes = [Float(1), 2].flatMap { $0.bitPattern.littleEndianBytes }

  private func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(
      atPath: folder.appending(name), withDestinationPath: target)
  }

  @Test("is found beside the model, in a folder below, and by a byte range")
  func found() throws {
    try folder.write(Self.bytes, to: "weights.bin")
    try folder.write([9, 9, 9] + Self.bytes + [9], to: "below/weights.bin")
    for path in [
      try write(location: "weights.bin"), try write(location: "./weights.bin", length: "8"),
      try write(location: "below/weights.bin", offset: "3", length: "8"),
    ] {
      let model = try ModelFile(contentsOf: path)
      #expect(try model.floats(of: model.proto.graph.initializer[0]) == [1, 2])
      #expect(model.proto.graph.initializer[0].external?.length == 8)
    }
  }

  @Test("is found through the links of a download cache")
  func cache() throws {
    try folder.write(Self.bytes, to: "cache/blobs/22bb")
    try write("cache/blobs/11aa", location: "model.onnx_data")
    try FileManager.default.createDirectory(
      atPath: folder.appending("cache/snapshots/main"), withIntermediateDirectories: true)
    try link("cache/snapshots/main/model.onnx", to: "../../blobs/11aa")
    try link("cache/snapshots/main/model.onnx_data", to: "../../blobs/22bb")
    let model = try ModelFile(contentsOf: folder.appending("cache/snapshots/main/model.onnx"))
    #expect(try model.floats(of: model.proto.graph.initializer[0]) == [1, 2])
    #expect(model.folder == folder.appending("cache/blobs"))
    #expect(model.proto.graph.initializer[0].external?.location == "22bb")
    #expect(model.externalPaths == [folder.appending("cache/blobs/22bb")])
  }

  @Test("may lie apart from a model that is a link")
  func linkedModel() throws {
    try write("elsewhere/real.onnx", location: "weights.bin")
    try folder.write(Self.bytes, to: "here/weights.bin")
    try link("here/model.onnx", to: "../elsewhere/real.onnx")
    let model = try ModelFile(contentsOf: folder.appending("here/model.onnx"))
    #expect(try model.floats(of: model.proto.graph.initializer[0]) == [1, 2])
    #expect(model.folder == folder.path)
    #expect(model.proto.graph.initializer[0].external?.location == "here/weights.bin")
  }

  @Test(
    "is refused where its path leads out of the model's folder",
    arguments: [
      "../secret.bin", "below/../../secret.bin", "/etc/passwd", "link.bin", "linked/secret.bin",
    ])
  func escaping(location: String) throws {
    try folder.write(Self.bytes, to: "secret.bin")
    try folder.write([], to: "model/below/empty")
    try link("model/link.bin", to: "../secret.bin")
    try link("model/linked", to: "..")
    let path = try write("model/model.onnx", location: location)
    let error = #expect(throws: DiagnosticError.self) { try ModelFile(contentsOf: path) }
    #expect(
      error?.description == """
        External data '\(location)' of 'model.onnx' lies outside the model's folder
          note: initializer 'w' names it
          help: put the file beside the model, and name it there by its bare file name
        """)
  }

  @Test("is refused where a folder's name only begins like the model's")
  func similarFolder() throws {
    try folder.write(Self.bytes, to: "model-secret/weights.bin")
    let path = try write("model/model.onnx", location: "link.bin")
    try link("model/link.bin", to: "../model-secret/weights.bin")
    #expect(throws: DiagnosticError.self) { try ModelFile(contentsOf: path) }
  }

  @Test("that is missing is named with the path it should have")
  func missing() throws {
    let path = try write(location: "weights.bin")
    let error = #expect(throws: DiagnosticError.self) { try ModelFile(contentsOf: path) }
    #expect(
      error?.description == """
        No file '\(folder.appending("weights.bin"))', which holds the weights of 'model.onnx'
          note: initializer 'w' is stored in it
          help: keep the model's external data files beside it
        """)
  }

  @Test("that is a folder or a device is refused")
  func noFile() throws {
    try folder.write([], to: "below/empty")
    let path = try write(location: "below")
    #expect(throws: DiagnosticError.self) { try ModelFile(contentsOf: path) }
  }

  @Test("that is cut short says what is needed and what remains")
  func short() throws {
    try folder.write(Self.bytes.dropLast(), to: "weights.bin")
    let path = try write(location: "weights.bin", offset: "4")
    let error = #expect(throws: DiagnosticError.self) { try ModelFile(contentsOf: path) }
    #expect(
      error?.description == """
        Truncated data file 'weights.bin' of 'model.onnx': initializer 'w' needs 8 bytes, 3 remain
          note: at byte 4 of 7
          help: download the file again
        """)
  }

  @Test(
    "with numbers that make no sense is refused",
    arguments: [
      ("-1", "8"), ("0", "-8"), ("zero", "8"), ("0", "9223372036854775808"),
      ("9223372036854775807", "8"), ("0", "7"), ("0", "9223372036854775807"),
    ])
  func numbers(offset: String, length: String) throws {
    try folder.write(Self.bytes, to: "weights.bin")
    let path = try write(location: "weights.bin", offset: offset, length: length)
    #expect(throws: DiagnosticError.self) { try ModelFile(contentsOf: path) }
  }
}
