import ONNXFormat

/// A value on the path from input to logits that a person could choose to look at.
package struct GraphLayer: Hashable, Sendable {
  /// The name people know: the outermost module path whose output this is, else the node's or
  /// value's own name.
  package let name: String
  /// Every other name that means this layer.
  package let aliases: [String]
  /// The value in the graph.
  package let value: String
  /// The operator that makes it, or `Input`.
  package let operatorName: String
  /// Its size, and how it is brought into order.
  package let map: FeatureMap
  /// Whether every path from the input to the logits passes it.
  package let isCut: Bool
  /// Whether the logits depend on the places of its grid, not only on tokens beside it.
  package let isLive: Bool
}
