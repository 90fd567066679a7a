public import Diagnostics
import ONNXFormat

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension Model {
  /// The model with some of its weights at random: the numbers of each tensor change places.
  ///
  /// So each tensor keeps its shape and exactly the distribution of its numbers, whatever type they
  /// have; what is lost is what training put where.  The file is not touched; weights are copied into
  /// memory.  Which places change is drawn for each tensor from the seed and its name, so that
  /// groups that are randomised in two models are randomised alike.
  ///
  /// Adebayo et al., "Sanity Checks for Saliency Maps", NeurIPS 2018, section 3, where weights are
  /// drawn anew as before training; a file does not tell how that was.
  ///
  /// - Throws: ``DiagnosticError`` where weights cannot be read.
  public func randomizing(
    _ groups: [WeightGroup], seed: UInt32 = 0
  ) throws(DiagnosticError) -> Model {
    let names = Set(groups.flatMap(\.tensors))
    var file = try original.prepared()
    var proto = file.proto
    for index in proto.graph.initializer.indices
    where names.contains(proto.graph.initializer[index].name) {
      let tensor = proto.graph.initializer[index]
      proto.graph.initializer[index] = try file.shuffled(tensor, named: tensor.name, seed)
    }
    for index in proto.graph.node.indices {
      guard let tensor = proto.graph.node[index].shuffledConstant,
        names.contains(proto.graph.node[index].output[0]),
        let place = proto.graph.node[index].attribute.firstIndex(where: { $0.name == "value" })
      else { continue }
      proto.graph.node[index].attribute[place].t = try file.shuffled(
        tensor, named: proto.graph.node[index].output[0], seed)
    }
    file = file.replacingWeights(proto)
    var reading = reading
    (reading.output, reading.layout) = (outputName, input.layout)
    return try Model(file, reading: reading, size: input.hasOpenSize ? input.size : nil)
  }
}

extension ModelFile {
  /// A tensor with its numbers at other places, each order as likely as any other (Fisher and
  /// Yates).
  fileprivate func shuffled(
    _ tensor: TensorProto, named name: String, _ seed: UInt32
  ) throws(DiagnosticError) -> TensorProto {
    let bytes = try rawBytes(of: tensor)
    guard let count = tensor.elementCount, count > 0, bytes.count % count == 0 else {
      return tensor
    }
    var draws = SeededDraws(seed: seed ^ Self.mixed(name))
    var result = TensorProto()
    (result.name, result.dims, result.dataType) = (tensor.name, tensor.dims, tensor.dataType)
    result.rawData =
      switch bytes.count / count {
      case 1: Self.shuffled(bytes, as: UInt8.self, &draws)
      case 2: Self.shuffled(bytes, as: UInt16.self, &draws)
      case 4: Self.shuffled(bytes, as: UInt32.self, &draws)
      default: Self.shuffled(bytes, as: UInt64.self, &draws)
      }
    return result
  }

  private static func shuffled<Word: FixedWidthInteger>(
    _ bytes: Data, as type: Word.Type, _ draws: inout SeededDraws
  ) -> Data {
    let width = MemoryLayout<Word>.size
    var words = bytes.withUnsafeBytes { bytes in
      (0..<bytes.count / width).map {
        bytes.loadUnaligned(fromByteOffset: $0 * width, as: Word.self)
      }
    }
    for place in stride(from: words.count - 1, to: 0, by: -1) {
      words.swapAt(place, min(Int(draws.uniform() * Double(place + 1)), place))
    }
    return words.withUnsafeBytes { Data($0) }
  }

  /// A number out of a name: FNV-1a.
  private static func mixed(_ name: String) -> UInt32 {
    name.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
  }
}
