import ONNXFormat
package import ONNXGraph

/// A point convolution that ends in the logits through global average pooling,
/// y = mean over places of relu(W · A + b), or without the ReLU.
///
/// A target is a few logits, so its cotangent at A is made of a few rows of W, each where the
/// class's own map is above zero; going back through all classes would cost as much as the
/// convolution, which is a quarter of SqueezeNet.
package struct PooledHead {
  /// A: [N, channels, …].  Every path to the logits passes it.
  package let input: Term

  private let weight: Term
  private let classCount: Int
  private let channels: Int
  private let places: Int
  /// The class's maps after the ReLU, where there is one.
  private let rectified: Term?

  /// Recognises the end of a model; nil where the logits come from anything else.
  package init?(endingIn logits: String, for builder: GraphBuilder) {
    let graph = builder.graph
    guard let end = HeadEnd(logits, in: graph) else { return nil }
    let classCount = end.classCount
    var value = end.value
    if let node = graph.producer(of: value), let read = Self.pooled(by: node, in: graph) {
      value = read
    }
    var rectified: Term?
    if let node = graph.producer(of: value), node.isStandard, node.opType == "Relu",
      let read = node.input(at: 0)
    {
      rectified = builder.read(value)
      value = read
    }
    guard let node = graph.producer(of: value), Self.isPoint(node, in: graph),
      let input = node.input(at: 0), let weight = node.input(at: 1),
      let stored = graph.initializers[weight], stored.shape.first == classCount,
      stored.shape.count > 2, stored.elementType.cotangentType == .float,
      let sides = graph.shape(of: value)?.dropFirst(2).map(\.value),
      let places = Optional(sides.compactMap(\.self)), places.count == sides.count,
      places.count == stored.shape.count - 2,
      node.input(at: 2).map({ graph.initializers[$0] != nil }) ?? true
    else { return nil }
    self.input = builder.term(input)
    self.weight = builder.term(weight)
    self.classCount = classCount
    channels = stored.shape[1]
    self.places = places.reduce(1, *)
    self.rectified = rectified
  }

  /// Whether places where a class's own map is below zero count for nothing.
  package var isRectified: Bool { rectified != nil }

  /// The rows of W that belong to classes: [T, J, channels] for indices [T, J].
  package func weightRows(of classes: Term) -> Term {
    weight.builder.emit(
      "Gather", [weight.reshaped([classCount, channels]), classes],
      attributes: [AttributeProto("axis", 0)]
    ).cast(to: .float)
  }

  /// The cotangent at A of each class's logit: [T, J, channels · places] for indices [T, J].
  package func rows(of classes: Term) -> Term {
    let builder = weight.builder
    let rows = weightRows(of: classes).unsqueezed([3])
    let share = 1 / Float(places)
    let spread: Term
    if let rectified {
      // A product with a 1 at each class picks its map, of the one image or of each target's own.
      let numbers = builder.integers(Array(0..<classCount), shape: [1, 1, classCount])
      let chosen = numbers.equals(classes.unsqueezed([2])).cast(to: .float)
      let maps = rectified.cast(to: .float).reshaped([-1, classCount, places])
      spread = (chosen.times(matrix: maps).mask(greaterThan: 0) * share).unsqueezed([2])
    } else {
      spread = builder.constant(
        Array(repeating: share, count: places), shape: [1, 1, 1, places])
    }
    return (rows * spread).reshaped([0, 0, channels * places])
  }
}

// MARK: - What is recognised

extension PooledHead {
  /// What a node averages over all places, in their own order.
  private static func pooled(by node: NodeProto, in graph: Graph) -> String? {
    guard node.isStandard, let read = node.input(at: 0), let shape = graph.shape(of: read),
      shape.count > 2, let sides = Optional(shape.dropFirst(2).compactMap(\.value)),
      sides.count == shape.count - 2
    else { return nil }
    switch node.opType {
    case "GlobalAveragePool": return read
    case "ReduceMean":
      let axes = Axes.reduced(
        node, rank: shape.count,
        integers: node.input(at: 1).flatMap { graph.facts[$0]?.integers })
      return axes.map(Set.init) == Set(2..<shape.count) ? read : nil
    case "AveragePool":
      let isWhole = node.ints("kernel_shape") == sides
      let isPadded = node.ints("pads")?.contains { $0 != 0 } ?? false
      let isAutomatic = node.string("auto_pad").map { $0 != "NOTSET" && $0 != "VALID" } ?? false
      return isWhole && !isPadded && !isAutomatic ? read : nil
    default: return nil
    }
  }

  /// Whether a node is a convolution of one position at every place.
  private static func isPoint(_ node: NodeProto, in graph: Graph) -> Bool {
    guard node.isStandard, node.opType == "Conv", node.int("group") ?? 1 == 1,
      let weight = node.input(at: 1).flatMap({ graph.initializers[$0] }),
      let input = node.input(at: 0).flatMap(graph.shape),
      let output = node.output(at: 0).flatMap(graph.shape)
    else { return false }
    return weight.shape.dropFirst(2).allSatisfy { $0 == 1 }
      && input.dropFirst(2) == output.dropFirst(2)
  }
}
