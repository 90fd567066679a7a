#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

import ONNXFormat
import SwiftProtobuf
import _TestSupport

/// A model with a value of every kind of storage: large and small, raw and typed, in initializers
/// and in attributes.
enum SampleModel {
  /// The weights of the large initializer, 1 KiB.
  static let weights: [Float] = (0..<256).map { Float($0) / 7 }

  /// The values of the large constant, 1 KiB.
  static let constant: [Float] = (0..<256).map { Float($0) - 128 }

  /// The graph with everything inline.
  static var proto: ModelProto {
    var typed = TensorProto()
    typed.name = "typed"
    typed.dims = [256]
    typed.dataType = ElementType.float.rawValue
    typed.floatData = constant
    var constantNode = NodeProto(
      "Constant", [], ["c"],
      attributes: [AttributeProto("value", TensorProto("", shape: [256], floats: constant))])
    constantNode.name = "constant"
    return model(
      nodes: [constantNode]
        + nodes(
          """
          h = MatMul(x, w)
          k = Add(h, b)
          m = Mul(k, c)
          y = Add(m, typed)
          """),
      inputs: [ValueInfoProto("x", .float, ["N", 1])],
      outputs: [ValueInfoProto("y", .float, ["N", 256])],
      initializers: [
        TensorProto("w", shape: [1, 256], floats: weights),
        TensorProto("b", shape: [1], floats: [0.5]), typed,
      ])
  }

  /// The places in a file of this model that are not inside large values, which are most of the
  /// bytes and can say nothing wrong.
  static func structure(of bytes: [UInt8]) -> [Int] {
    var places = Set(bytes.indices)
    for values in [weights, constant] {
      let run = values.flatMap { $0.bitPattern.littleEndianBytes }
      var start = 0
      while let offset = bytes[start...].firstOffset(of: run) {
        places.subtract(start + offset + 2..<start + offset + run.count - 2)
        start += offset + run.count
      }
    }
    return places.sorted()
  }

  /// The graph as a file's bytes.
  static var bytes: [UInt8] {
    get throws { try proto.serializedBytes() }
  }
}

extension Sequence<UInt8> {
  /// The place where a run of bytes first stands.
  func firstOffset(of run: [UInt8]) -> Int? {
    let all = Array(self)
    guard !run.isEmpty, run.count <= all.count else { return nil }
    return (0...all.count - run.count).first {
      all[$0] == run[0] && all[$0..<$0 + run.count].elementsEqual(run)
    }
  }
}
