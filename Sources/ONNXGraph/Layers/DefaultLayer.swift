import ONNXFormat

/// The choice of the layer that is explained when none is named.
///
/// It is the last feature map that every way of the picture's places to the logits passes.  Behind
/// the last attention of a model with a class token only that token acts, so places go another way
/// there than the residual sum: through the norm that attention reads.  Where several attentions
/// read the places side by side, each behind a norm of its own, it is the last of those norms.
struct DefaultLayer {
  private let layers: [GraphLayer]
  private let indexByValue: [String: Int]
  private let graph: Graph
  private let path: FloatPath

  init(_ layers: [GraphLayer], _ indexByValue: [String: Int], _ graph: Graph, _ path: FloatPath) {
    (self.layers, self.indexByValue) = (layers, indexByValue)
    (self.graph, self.path) = (graph, path)
  }

  /// Where it stands in the list; nil where no layer but the input gets a gradient.
  func index(input: String, liveness: Liveness) -> Int? {
    let skipped = liveness.besidePlaces(in: graph)
    let places =
      skipped.isEmpty
      ? path
      : FloatPath(in: graph, from: input, to: path.cuts.last ?? input, skipping: skipped)
    let cuts = Set(places.cuts)
    let live = layers.indices.filter {
      layers[$0].isLive && layers[$0].operatorName != "Input"
    }
    let cut = live.last { cuts.contains(layers[$0].value) }
    let norm = live.last { $0 > cut ?? -1 && isNormalized(layers[$0].value) }
    return norm ?? (cut ?? live.last).map(source)
  }

  /// Whether a value is what a normalisation of each position gives, in one node or in several.
  private func isNormalized(_ value: String) -> Bool {
    var name = value
    // Shift and scale, both stored, after a division by a square root.
    for _ in 0..<4 {
      guard let node = graph.producer(of: name) else { return false }
      let moving = node.input.filter(path.values.contains)
      switch node.opType {
      case "LayerNormalization", "RMSNormalization", "SimplifiedLayerNormalization": return true
      case "Add" where moving.count == 1, "Mul" where moving.count == 1: name = moving[0]
      case "Div": return node.input(at: 1).flatMap(graph.producer)?.opType == "Sqrt"
      default: return false
      }
    }
    return false
  }

  /// The layer that a layer only shows anew: before operators that leave it as it is, an average
  /// pooling, which only blurs it, and a linear layer's mixing of channels.
  private func source(of index: Int) -> Int {
    var index = index
    while let earlier = passedOn(by: layers[index]), earlier < index { index = earlier }
    return index
  }

  private func passedOn(by layer: GraphLayer) -> Int? {
    guard let node = graph.producer(of: layer.value), node.isStandard else { return nil }
    switch node.opType {
    case "AveragePool", "Identity", "Dropout", "Cast", "Pad":
      return node.input(at: 0).flatMap { indexByValue[$0] }
    case "Reshape", "Transpose", "Flatten", "Squeeze", "Unsqueeze", "Slice", "Concat":
      return node.input.lazy.compactMap { indexByValue[$0] }.first {
        layers[$0].map.shape == layer.map.shape
      }
    case "MatMul", "Gemm", "Add":
      return linearInput(of: layer.value)
    default: return nil
    }
  }

  /// The layer that a linear layer reads whose result a value is.
  private func linearInput(of value: String) -> Int? {
    var (name, isProduct) = (value, false)
    for _ in 0..<8 {
      if isProduct, let index = indexByValue[name] { return index }
      guard let node = graph.producer(of: name), node.isStandard else { return nil }
      let moving = node.input.filter(path.values.contains)
      guard moving.count == 1 else { return nil }
      switch node.opType {
      case "MatMul", "Gemm":
        guard node.input(at: 0) == moving[0], !isProduct else { return nil }
        isProduct = true
      case "Add" where !isProduct, "Reshape", "Flatten": break
      default: return nil
      }
      name = moving[0]
    }
    return nil
  }
}
