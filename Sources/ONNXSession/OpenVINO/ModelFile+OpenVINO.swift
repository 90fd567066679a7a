#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

import Diagnostics
import ONNXFormat

extension ModelFile {
  /// The model with a copy of each weight that a ConvTranspose shares with other operators.
  ///
  /// OpenVINO keeps one rearrangement of a weight for all that read it, and takes that of a Conv
  /// for that of a ConvTranspose where as many channels come in as go out: the gradient of a
  /// strided convolution was noise.  What is copied is small beside all weights, as strided
  /// convolutions are few.
  func separatingTransposedWeights() throws(DiagnosticError) -> ModelFile {
    var proto = proto
    var readers: [String: Int] = [:]
    for node in proto.graph.node {
      for input in node.input { readers[input, default: 0] += 1 }
    }
    var places: [String: Int] = [:]
    for (place, tensor) in proto.graph.initializer.enumerated() { places[tensor.name] = place }
    for (index, node) in proto.graph.node.enumerated()
    where node.opType == "ConvTranspose" && node.input.count > 1 {
      let name = node.input[1]
      guard let place = places[name], readers[name, default: 0] > 1 else { continue }
      var copy = proto.graph.initializer[place]
      if copy.isExternal {
        let bytes = Data(Array(try rawBytes(of: copy)))
        copy.external = nil
        copy.rawData = bytes
      }
      copy.name = "gradcam/transposed_\(index)/\(name)"
      proto.graph.initializer.append(copy)
      proto.graph.node[index].input[1] = copy.name
    }
    return replacingProto(proto)
  }
}
