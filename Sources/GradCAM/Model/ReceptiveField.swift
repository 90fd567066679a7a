import ONNXGraph

/// How much of the model's input one position of a layer depends on.
public struct ReceptiveField: Hashable, Sendable {
  /// Rows of the input, those beyond its edge counted too; nil where it is all of them.
  public let height: Int?
  /// Columns.
  public let width: Int?
}

extension Model {
  /// The receptive field of each layer.
  ///
  /// Windows of convolutions and poolings add up; attention mixes all places, and so do products
  /// that sum over them.  What is the same at all places – squeeze-and-excitation factors,
  /// statistics of a normalization – does not count.
  public func receptiveFields(of layers: [Layer]) -> [ReceptiveField] {
    let fields = ReceptiveFields(of: graph, from: input.name)
    return layers.map { layer in
      let field = fields[layer.valueName]
      return ReceptiveField(
        height: field?[.height].pixels, width: field?[.width].pixels)
    }
  }

  /// The part of the model's input that a cell of a layer's map stands for, in pixels.
  public func cell(of layer: Layer) -> (width: Double, height: Double) {
    (
      Double(input.size.width) / Double(layer.width),
      Double(input.size.height) / Double(layer.height)
    )
  }
}

extension ONNXGraph.ReceptiveField.Extent {
  /// The number; nil where it is everything.
  fileprivate var pixels: Int? {
    if case .pixels(let count) = self { count } else { nil }
  }
}
