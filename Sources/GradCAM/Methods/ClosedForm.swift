import ONNXFormat
import ONNXGradient
import ONNXGraph

/// The maps of classes as one matrix product, at a layer behind which there is nothing but a mean
/// over its places and a stored linear layer, the one before the other or the other before the one.
///
///     y_c = Σ_k W_ck mean(A_k) + b_c        ∂y_c/∂A_k = W_ck / Z        M_c = 1/Z Σ_k W_ck F_k
///
/// Where the means are the logits, W is the identity.
///
/// The gradient is a constant, so nothing has to flow back: the map of a target is the sum of its
/// classes' maps with their weights.  F is ``Method/evenFeatures``, the feature maps A for Grad-CAM.
struct ClosedForm {
  /// The rows of W that belong to classes, [T, J, K] for [T, J]; nil where W is the identity.
  private let rows: ((Term) -> Term)?
  private let layer: Layer

  /// Recognises the end of a model; nil where anything else stands behind the layer.
  init?(at layer: Layer, of model: Model, for builder: GraphBuilder) {
    guard model.shares == nil else { return nil }
    let logits = model.logits.source
    if let head = PooledHead(endingIn: logits, for: builder), !head.isRectified,
      head.input.name == layer.valueName, layer.order == .channelsFirst
    {
      rows = head.weightRows
    } else {
      guard let means = MeanHead(layer, of: model).means else { return nil }
      if Self.isView(logits, of: means, in: builder.graph) {
        rows = nil
      } else if let head = LinearHead(endingIn: logits, for: builder),
        Self.isView(head.input.name, of: means, in: builder.graph)
      {
        rows = head.rows
      } else {
        return nil
      }
    }
    self.layer = layer
  }

  /// The map [T, H, W] of targets.
  ///
  /// - Parameters:
  ///   - features: F, [N, K, H, W].
  ///   - isOneImage: whether N is 1.
  func map(
    of targets: any TargetSource, logits: Term, features: Term, isOneImage: Bool
  ) -> Term {
    let (count, places) = (layer.channels, layer.map.placeCount)
    let features = features.cast(to: .float)
    let sum: Term
    if rows == nil, isOneImage {
      // A class's map is one of the feature maps.
      let maps = features.reshaped([count, places])
      sum = targets.cotangent(of: logits) { classes in
        maps.builder.emit("Gather", [maps, classes], attributes: [AttributeProto("axis", 0)])
      }
    } else {
      let maps = features.reshaped([-1, count, places])
      sum = targets.cotangent(of: logits) { classes in
        (rows?(classes) ?? classes.oneHot(count)).times(matrix: maps)
      }
    }
    return (sum * (1 / Float(places))).reshaped([-1] + layer.shape.dropFirst())
  }

  /// How many numbers a target needs at once beside the map.
  static func width(at layer: Layer) -> Int { layer.channels + layer.map.placeCount }

  /// Whether a value holds another's elements in their order.
  private static func isView(_ value: String, of other: String, in graph: Graph) -> Bool {
    var value = value
    while value != other {
      guard let node = graph.producer(of: value), HeadEnd.isView(node, in: graph),
        let read = node.input(at: 0)
      else { return false }
      value = read
    }
    return true
  }
}
