import ONNXFormat
import ONNXGraph

/// What stands between a layer and the logits, seen as the mean of each feature map and linear
/// layers.
struct MeanHead {
  /// Why it is no such head, in words; nil where it is one.
  let obstacle: String?
  /// The value that holds the means of the feature maps themselves; nil where the way does not pass
  /// it, or a convolution of single places stands before the mean.
  let means: String?

  /// Follows the one way from a layer to the logits.
  init(_ layer: Layer, of model: Model) {
    (obstacle, means) = Self.followed(layer, model)
  }

  private static func followed(
    _ layer: Layer, _ model: Model
  ) -> (obstacle: String?, means: String?) {
    let graph = model.graph
    let path = FloatPath.marks(in: graph, from: [layer.valueName], to: model.logits.source)
    let nodes = Set(path.nodes)
    var value = layer.valueName
    var means: String?
    var isMixed = false
    /// The axes that the means must run over; nil behind the means.
    var places: Set<Int>? = Self.placeAxes(of: layer)
    while value != model.logits.source {
      let readers = (graph.consumers[value] ?? []).filter(nodes.contains)
      guard readers.count == 1 else {
        return ("\(readers.count) operators read '\(value)' on the way to the logits", means)
      }
      let node = graph.nodes[readers[0]]
      let moving = node.input.count { path.values.contains($0) }
      guard node.isStandard, moving == 1, node.input(at: 0) == value || Self.commutes(node) else {
        return (Self.words(node), means)
      }
      if let axes = places {
        switch Self.step(node, over: axes, sides: Array(layer.shape.dropFirst()), in: graph) {
        case .mean: (places, means) = (nil, isMixed ? nil : node.output[0])
        case .axes(let moved): places = moved
        case .mixed: isMixed = true
        case .other:
          return (Self.words(node), means)
        }
      } else if !Self.linear.contains(node.opType) {
        return (Self.words(node), means)
      }
      value = node.output[0]
    }
    return places == nil
      ? (nil, means) : ("the logits are made of each place, without a mean over the places", nil)
  }

  /// The last layer of a model that has such a head behind it.
  static func layer(of model: Model) -> Layer? {
    model.layers.last { $0.isSpatial && $0.hasGradient && MeanHead($0, of: model).obstacle == nil }
  }

  /// What a node before the means does.
  private enum Step {
    case mean
    case axes(Set<Int>)
    /// Channels of a place are mixed, all places alike.
    case mixed
    case other
  }

  /// Operators that keep a value linear in what it was, all other inputs being constant.
  private static let linear: Set<String> = [
    "Identity", "Dropout", "Cast", "Flatten", "Reshape", "Squeeze", "Unsqueeze", "Transpose",
    "Gemm", "MatMul", "Conv", "Add", "Sub", "Mul", "Div", "Neg", "BatchNormalization", "Sum",
    "GlobalAveragePool",
  ]

  /// Whether an operator's constant may stand first.
  private static func commutes(_ node: NodeProto) -> Bool {
    ["Add", "Mul", "Sub", "MatMul", "Sum"].contains(node.opType)
  }

  /// The axes of a layer's places; none where other tokens stand among them.
  static func placeAxes(of layer: Layer) -> Set<Int> {
    let rank = layer.shape.count + 1
    guard layer.prefixTokens + layer.suffixTokens == 0 else { return [] }
    switch layer.order {
    case .channelsFirst: return Set(2..<rank)
    case .channelsLast: return Set(1..<rank - 1)
    case .tokens: return layer.map.tokenAxis.map { [$0] } ?? []
    }
  }

  /// What a node does with a value whose places stand along some axes.
  private static func step(
    _ node: NodeProto, over axes: Set<Int>, sides: [Int], in graph: Graph
  ) -> Step {
    switch node.opType {
    case "Identity", "Dropout", "Cast": return .axes(axes)
    case "Transpose":
      guard let order = node.ints("perm") else { return .other }
      return .axes(Set(order.indices.filter { axes.contains(order[$0]) }))
    case "Conv" where isPoint(node, in: graph) && axes == Set(2..<2 + sides.count):
      return .mixed
    case "GlobalAveragePool":
      let rank = node.input(at: 0).flatMap(graph.shape)?.count ?? 0
      return rank > 2 && axes == Set(2..<rank) ? .mean : .other
    case "AveragePool":
      let isWhole = node.ints("kernel_shape") == sides && axes == Set(2..<2 + sides.count)
      return isWhole && (node.ints("pads") ?? []).allSatisfy { $0 == 0 } ? .mean : .other
    case "ReduceMean":
      let rank = node.input(at: 0).flatMap(graph.shape)?.count ?? 0
      let stored = node.input(at: 1).flatMap { graph.facts[$0]?.integers }?.compactMap(\.value)
      guard let given = node.ints("axes") ?? stored else { return .other }
      return Set(given.map { $0 < 0 ? $0 + rank : $0 }) == axes ? .mean : .other
    default: return .other
    }
  }

  /// Whether a convolution sees one place at a time, so that its mean is that of the means.
  private static func isPoint(_ node: NodeProto, in graph: Graph) -> Bool {
    guard let weight = node.input(at: 1).flatMap({ graph.initializers[$0] }) else { return false }
    return weight.shape.dropFirst(2).allSatisfy { $0 == 1 }
      && (node.ints("strides") ?? []).allSatisfy { $0 == 1 }
      && (node.ints("pads") ?? []).allSatisfy { $0 == 0 }
  }

  /// A node as an obstacle.
  private static func words(_ node: NodeProto) -> String {
    let name = node.name.isEmpty ? node.output[0] : node.name
    return "operator \(node.opType) ('\(name)') stands between them"
  }
}
