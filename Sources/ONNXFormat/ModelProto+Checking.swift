#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

import Diagnostics
import SwiftProtobuf

extension ModelProto {
  /// The oldest version of the file format that is read; before it, graphs named no opset.
  static let oldestFormat: Int64 = 3

  /// The oldest version of the standard operator set that is read; before it, broadcasting was
  /// an attribute.
  static let oldestOpset = 7

  /// The version of the standard operator set that the model imports.
  package var standardOpset: Int? {
    opsetImport.first { $0.domain.isEmpty || $0.domain == "ai.onnx" }.map {
      Int(truncatingIfNeeded: $0.version)
    }
  }

  /// The skeleton of the model in `file`, or an error that says what the file is instead.
  init(checking file: MappedFile) throws(DiagnosticError) {
    let name = file.path.lastPathComponent
    guard !file.bytes.isEmpty else { throw .emptyFile(file.path) }
    if let format = ForeignFormat(of: file.bytes, name: name) {
      throw .foreign(name, format)
    }
    do throws(Skeleton.Failure) {
      let data = try Skeleton.data(of: file.bytes, location: name)
      guard let model = try? ModelProto(serializedBytes: data) else {
        throw Skeleton.Failure(fault: .malformed(at: 0), tensor: nil, beganAsModel: false)
      }
      self = model
    } catch {
      throw .broken(name, error, size: file.bytes.count)
    }
    guard hasGraph, hasIrVersion else { throw .noGraph(name) }
    guard irVersion >= Self.oldestFormat else { throw .oldFormat(name, irVersion) }
    guard !graph.node.isEmpty || !graph.output.isEmpty else { throw .noGraph(name) }
    guard let opset = standardOpset else { throw .noOpset(name) }
    guard opset >= Self.oldestOpset else { throw .oldOpset(name, opset) }
  }
}
