import ONNXFormat
import ONNXGradient
import ONNXGraph

extension Model {
  /// The program that wrote the model, with its version; nil where the file does not say.
  public var producer: String? {
    let parts = [file.proto.producerName, file.proto.producerVersion].filter { !$0.isEmpty }
    return parts.isEmpty ? nil : parts.joined(separator: " ")
  }

  /// The version of the file format.
  public var irVersion: Int { Int(file.proto.irVersion) }

  /// Number of nodes in the graph.
  public var nodeCount: Int { file.proto.graph.node.count }

  /// Pixels between neighbouring places of the coarsest feature map.
  public var coarsestStep: Int {
    let widths = layers.filter { $0.isSpatial && $0.width > 1 }.map {
      Int((Double(input.size.width) / Double($0.width)).rounded())
    }
    return max(1, widths.max() ?? 1)
  }

  /// The real paths of the files besides the model's own that hold its weights.
  public var externalFiles: [String] { file.externalPaths }

  /// The operators between a layer and the logits that have no gradient rule: a node each, by its
  /// operator; empty where the layer can be explained as far as rules go.
  public func operatorsWithoutRule(
    after layer: Layer
  ) -> [(operatorName: String, node: String)] {
    Gradient(writingTo: GraphBuilder(after: graph))
      .unruled(from: [layer.valueName], to: logits.value)
      .map { ($0.opType, $0.name.isEmpty ? $0.output.first ?? "" : $0.name) }
  }
}
