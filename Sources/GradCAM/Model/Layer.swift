import ONNXGraph

/// A feature map that a person could choose to look at.
///
/// Convolutions give one as it is; the tokens of a transformer are one too, laid out on the grid
/// they were cut from, without those that stand for no place, such as a class token.
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
  /// Channels, height, width; of a volume channels, depth, height, width.
  public let shape: [Int]
  /// How the value's axes stand in the graph.
  public let order: Order
  /// Number of tokens before those of the grid: class, distillation and register tokens.  They
  /// are left out of maps.
  public let prefixTokens: Int
  /// Number of tokens after those of the grid, left out too.
  public let suffixTokens: Int
  /// Whether every path from the input to the logits passes this layer.
  public let isOnEveryPath: Bool
  /// Whether its places get a gradient.  Behind the last attention of a model that classifies by a
  /// class token they get none: there the logits depend on that token alone.
  public let hasGradient: Bool
  /// How the value becomes feature maps.
  let map: FeatureMap

  /// How a layer's axes stand in the graph.
  public enum Order: String, CaseIterable, Hashable, Sendable {
    /// [N, C, H, W] or [N, C, D, H, W].
    case channelsFirst
    /// [N, H, W, C] or [N, D, H, W, C].
    case channelsLast
    /// The places in one row, such as [N, T, C] with T = prefix + H · W + suffix.
    case tokens
  }

  init(_ layer: GraphLayer) {
    name = layer.name
    aliases = layer.aliases
    valueName = layer.value
    operatorName = layer.operatorName
    shape = layer.map.shape
    order = Order(layer.map.order)
    prefixTokens = layer.map.prefixTokens
    suffixTokens = layer.map.suffixTokens
    isOnEveryPath = layer.isCut
    hasGradient = layer.isLive
    map = layer.map
  }

  /// The value's name, which no two layers share.
  public var id: String { valueName }

  /// Number of feature maps.
  public var channels: Int { shape[0] }
  /// Number of slices of a volume; nil for a picture.
  public var depth: Int? { shape.count == 4 ? shape[1] : nil }
  /// Rows of each.
  public var height: Int { shape[shape.count - 2] }
  /// Columns of each.
  public var width: Int { shape[shape.count - 1] }
  /// Whether there is more than one position, so that a map says where.
  public var isSpatial: Bool { map.placeCount > 1 }
}

extension Layer.Order {
  init(_ order: FeatureMap.Order) {
    switch order {
    case .channelsFirst: self = .channelsFirst
    case .channelsLast: self = .channelsLast
    case .tokens: self = .tokens
    }
  }
}
