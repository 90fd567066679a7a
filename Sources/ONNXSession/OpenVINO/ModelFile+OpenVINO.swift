#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

import Diagnostics
import ONNXFormat

extension ModelFile {
  /// The model with a copy of each weight that is read in another way than at first.
  ///
  /// OpenVINO keeps one rearrangement of a weight for all that read it.  It takes that of a Conv
  /// for that of a ConvTranspose where as many channels come in as go out, which made noise of the
  /// gradient of a strided convolution, and that of a product for that of the product with the
  /// transposed weight, which did so with attention's.  What is copied is small beside all
  /// weights: strided convolutions, and products behind the layer.
  func separatingTransposedWeights() throws(DiagnosticError) -> ModelFile {
    var proto = proto
    var places: [String: Int] = [:]
    for (place, tensor) in proto.graph.initializer.enumerated() { places[tensor.name] = place }
    var ways: [String: WeightReading] = [:]
    for (index, node) in proto.graph.node.enumerated() {
      guard let way = WeightReading(of: node), node.input.indices.contains(way.position) else {
        continue
      }
      let name = node.input[way.position]
      guard let place = places[name] else { continue }
      guard let first = ways[name] else {
        ways[name] = way
        continue
      }
      guard way != first else { continue }
      var copy = proto.graph.initializer[place]
      if copy.isExternal {
        let bytes = Data(Array(try rawBytes(of: copy)))
        copy.external = nil
        copy.rawData = bytes
      }
      copy.name = "gradcam/read_by_\(index)/\(name)"
      proto.graph.initializer.append(copy)
      proto.graph.node[index].input[way.position] = copy.name
    }
    return replacingProto(proto)
  }
}

/// How a node reads a weight, as far as an engine rearranges the weight for it.
private enum WeightReading {
  case convolution, transposedConvolution, product, transposedProduct, transposition

  /// How a node does; nil where it reads none in such a way.
  init?(of node: NodeProto) {
    switch node.opType {
    case "Conv": self = .convolution
    case "ConvTranspose": self = .transposedConvolution
    case "MatMul": self = .product
    case "Gemm":
      let isTransposed = node.attribute.contains { $0.name == "transB" && $0.i != 0 }
      self = isTransposed ? .transposedProduct : .product
    case "Transpose": self = .transposition
    default: return nil
    }
  }

  /// Which of the inputs the weight is.
  var position: Int { self == .transposition ? 0 : 1 }
}
