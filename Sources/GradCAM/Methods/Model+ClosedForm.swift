import ONNXGraph

extension Model {
  /// Why the gradient at a layer depends on the image, in words; nil where it is the same for every
  /// image and at every place, so that the maps of all classes are one matrix product.
  ///
  /// That is so where a mean over the layer's places and linear operators are all that stands
  /// between it and the logits.  Elsewhere the gradient flows back for each class.
  public func obstacleToClosedForm(at layer: Layer) -> String? {
    if ClosedForm(at: layer, of: self, for: GraphBuilder(after: graph)) != nil { return nil }
    return MeanHead(layer, of: self).obstacle
  }
}

extension Method {
  /// Whether its maps are linear in a gradient that is the same at all places: those of all classes
  /// are then one matrix product.
  public var hasClosedForm: Bool { evenFeatures != nil }
}
