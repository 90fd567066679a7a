import ONNXGraph

/// A feature map that a person could choose to look at.
public struct Layer: Hashable, Sendable, Identifiable {
  /// The name people know: the outermost module path whose output this is, such as `layer4`;
  /// for other exporters the node's or value's name.
  public let name: String
  /// Every other name that means this layer.
  public let aliases: [String]
  /// The value's name in the graph.
  public let valueName: String
  /// The operator that makes it, or `Input` for the image itself.
  public let operatorName: String
  /// Channels, height, width.
  public let shape: [Int]
  /// Whether every path from the input to the logits passes this layer.
  public let isOnEveryPath: Bool
  /// Whether the channels stand last in the graph.
  let isChannelsLast: Bool

  init(_ layer: GraphLayer) {
    name = layer.name
    aliases = layer.aliases
    valueName = layer.value
    operatorName = layer.operatorName
    shape = [layer.channels, layer.height, layer.width]
    isOnEveryPath = layer.isCut
    isChannelsLast = layer.layout == .channelsLast
  }

  /// The value's name, which no two layers share.
  public var id: String { valueName }

  /// Number of feature maps.
  public var channels: Int { shape[0] }
  /// Rows of each.
  public var height: Int { shape[1] }
  /// Columns of each.
  public var width: Int { shape[2] }
  /// Whether there is more than one position, so that a map says where.
  public var isSpatial: Bool { height * width > 1 }
}
