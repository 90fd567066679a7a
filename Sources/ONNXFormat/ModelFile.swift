#if canImport(FoundationEssentials)
  package import FoundationEssentials
#else
  package import Foundation
#endif

package import Diagnostics
import SwiftProtobuf

/// A model: its graph as values, its weights left in the files they came in.
///
/// Tensors of 1 KiB and more are external data in ``proto``, also where the file holds them
/// inline, so rewriting the graph never touches a weight; ``rawBytes(of:)`` reads one where it
/// lies. Everything that could be wrong with a size or a place is found when the file is opened.
package struct ModelFile: Sendable {
  /// The graph and everything about it, without large values.
  package var proto: ModelProto

  /// The file's path as it was given; empty for a model made in memory.
  package let path: String

  /// The folder that external locations in ``proto`` are relative to; empty for a model made in
  /// memory.
  package let folder: String

  /// The model's file; nil for a model made in memory.
  let file: MappedFile?

  /// The files that hold values, by their location relative to ``folder``.
  let files: [String: MappedFile]

  /// A model made in memory, with all its values inline.
  package init(proto: ModelProto) {
    self.proto = proto
    self.path = ""
    self.folder = ""
    self.file = nil
    self.files = [:]
  }

  /// Opens the model at `path`, checking all that is needed to read and run it.
  package init(contentsOf path: String) throws(DiagnosticError) {
    let file = try MappedFile(path)
    var proto = try ModelProto(checking: file)
    var weights = ExternalFiles(model: file)
    try proto.updateTensors { tensor throws(DiagnosticError) in
      try weights.check(&tensor)
    }
    let (folder, locations) = weights.commonFolder()
    if !locations.isEmpty {
      try proto.updateTensors { tensor throws(DiagnosticError) in
        guard var external = tensor.external else { return }
        external.location = locations[external.location] ?? external.location
        tensor.external = external
      }
    }
    self.proto = proto
    self.path = path
    self.folder = folder
    self.file = file
    // Several locations may lead to one file.
    self.files = Dictionary(
      weights.files.compactMap { location, file in locations[location].map { ($0, file) } },
      uniquingKeysWith: { first, _ in first })
    try takeInIndices()
  }

  /// Takes small integer weights into the graph, where they are read as shapes and indices.
  private mutating func takeInIndices() throws(DiagnosticError) {
    var budget = 1 << 22
    for index in proto.graph.initializer.indices {
      let tensor = proto.graph.initializer[index]
      guard tensor.isExternal, tensor.elementType == .int64 || tensor.elementType == .int32,
        let count = tensor.elementCount, count <= 1 << 14, budget >= count * 8
      else { continue }
      budget -= count * 8
      let bytes = Data(Array(try rawBytes(of: tensor)))
      proto.graph.initializer[index].external = nil
      proto.graph.initializer[index].rawData = bytes
    }
  }

  /// A rewritten graph over the same weights.
  package func replacingProto(_ proto: ModelProto) -> ModelFile {
    var result = self
    result.proto = proto
    return result
  }

  /// A rewritten graph with weights of its own, which is no longer the file that it came from.
  package func replacingWeights(_ proto: ModelProto) -> ModelFile {
    ModelFile(proto: proto, path: path, folder: folder, files: files)
  }

  private init(
    proto: ModelProto, path: String, folder: String, files: [String: MappedFile]
  ) {
    (self.proto, self.path, self.folder, self.files, file) = (proto, path, folder, files, nil)
  }
}

// MARK: - What it is

extension ModelFile {
  /// The file's name without its folder, or `model` for one made in memory.
  package var name: String { path.isEmpty ? "model" : path.lastPathComponent }

  /// The version of the standard operator set that the nodes are written in.
  package var opset: Int { proto.standardOpset ?? 0 }

  /// The real paths of the files besides the model's own that hold values, sorted.
  package var externalPaths: [String] {
    files.values.map(\.realPath).filter { $0 != file?.realPath }.sorted()
  }

  /// Gives the file's bytes to `body` piece by piece, to hash them; for a model made in memory,
  /// the bytes it would be written as.
  package func readThrough(_ body: (UnsafeRawBufferPointer) -> Void) throws(DiagnosticError) {
    if let file { return file.readThrough(0..<file.bytes.count, pieces: 1 << 22, body) }
    try sessionData().withUnsafeBytes { body($0) }
  }
}

// MARK: - Reading values

extension ModelFile {
  /// A tensor's values as bytes, little-endian and dense, without a copy where they are external.
  package func rawBytes(of tensor: TensorProto) throws(DiagnosticError) -> Data {
    guard tensor.isExternal else {
      guard let bytes = tensor.inlineBytes else { throw .unreadableTensor(tensor, in: name) }
      return bytes
    }
    guard let external = tensor.external, let file = files[external.location],
      let range = external.range(in: file.bytes.count)
    else { throw .unreadableTensor(tensor, in: name) }
    let bytes = UnsafeMutableRawBufferPointer(
      mutating: UnsafeRawBufferPointer(rebasing: file.bytes[range]))
    guard let start = bytes.baseAddress, bytes.count > 0 else { return Data() }
    return Data(
      bytesNoCopy: start, count: bytes.count,
      deallocator: .custom { _, _ in withExtendedLifetime(file) {} })
  }

  /// Gives a tensor's values as bytes to `body` in pieces of so many bytes.
  package func readThrough(
    _ tensor: TensorProto, pieces size: Int, _ body: (UnsafeRawBufferPointer) -> Void
  ) throws(DiagnosticError) {
    guard let external = tensor.external, let file = files[external.location],
      let range = external.range(in: file.bytes.count)
    else {
      let bytes = try rawBytes(of: tensor)
      for start in stride(from: 0, to: bytes.count, by: max(size, 1)) {
        bytes.withUnsafeBytes {
          body(UnsafeRawBufferPointer(rebasing: $0[start..<min(bytes.count, start + size)]))
        }
      }
      return
    }
    file.readThrough(range, pieces: size, body)
  }

  /// A numeric tensor's values as float32, whatever their stored type.
  package func floats(of tensor: TensorProto) throws(DiagnosticError) -> [Float] {
    let bytes = try rawBytes(of: tensor)
    guard let count = tensor.elementCount,
      tensor.elementType.byteCount(of: count) == bytes.count,
      let values = bytes.withUnsafeBytes({ tensor.elementType.floats($0) })
    else { throw .unreadableTensor(tensor, in: name) }
    return values
  }

  /// An integer or boolean tensor's values.
  package func integers(of tensor: TensorProto) throws(DiagnosticError) -> [Int] {
    let bytes = try rawBytes(of: tensor)
    guard let count = tensor.elementCount,
      tensor.elementType.byteCount(of: count) == bytes.count,
      let values = bytes.withUnsafeBytes({ tensor.elementType.integers($0) })
    else { throw .unreadableTensor(tensor, in: name) }
    return values
  }
}

// MARK: - For a session

extension ModelFile {
  /// The model as a session takes it: serialized, its external locations relative to ``folder``.
  package func sessionData() throws(DiagnosticError) -> [UInt8] {
    do {
      return try proto.serializedBytes()
    } catch {
      throw .unwritableModel(name, "\(error)")
    }
  }
}
