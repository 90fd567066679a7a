import ONNXFormat

/// Where a classifier's logits are, and what turns them into probabilities.
package struct Logits: Hashable, Sendable {
  /// What stands between the logits and the model's output.
  package enum Tail: String, Hashable, Sendable {
    /// The output is the logits; probabilities are their softmax.
    case none
    case softmax
    case logSoftmax
    /// Each class for itself: several may hold at once.
    case sigmoid
  }

  /// The value that holds the logits.
  package let value: String
  /// The value to differentiate: the logits before they are quantized, where they are.
  ///
  /// A class beyond the range of the integers would else have no gradient at all, and the most
  /// probable class is the first to be there.
  package let source: String
  /// The output they were found behind.
  package let output: String
  package let tail: Tail
  /// Shape of the value.
  package let shape: Shape?
  /// The axis of the value along which the classes stand, where the output's Softmax or ArgMax
  /// tells.
  package let classAxis: Int?

  /// Number of classes: the sides of one image's logits multiplied.
  package var classCount: Int? { shape.flatMap { Array($0.dropFirst()).product.value } }

  /// Whether one image's logits stand in a row: all its sides but one are 1.
  package var isList: Bool {
    (shape ?? []).dropFirst().filter { $0.value != 1 }.count <= 1
  }

  /// Finds the logits behind an output: the value before a trailing Softmax, LogSoftmax or
  /// Sigmoid, seen through operators that only regroup elements, and before an ArgMax that gives
  /// the class alone or a ZipMap that names each probability.
  package init(behind output: String, in graph: Graph) {
    var value = output
    var tail = Tail.none
    var axis: Int?
    var cursor: String? = output
    // Each node once at most: a broken file may hold a cycle.
    var steps = graph.nodes.count
    while steps > 0, let name = cursor, let node = graph.producer(of: name) {
      steps -= 1
      if node.isStandard, let found = Self.tails[node.opType] {
        (value, tail) = (node.input(at: 0) ?? name, found)
        if found != .sigmoid { axis = node.int("axis") ?? (graph.opset < 13 ? 1 : -1) }
        break
      }
      if node.opType == "ZipMap" || node.isStandard && node.opType == "ArgMax" {
        value = node.input(at: 0) ?? name
        cursor = value
        axis = node.isStandard ? node.int("axis") ?? 0 : nil
      } else {
        cursor =
          node.isStandard && Self.views.contains(node.opType) ? node.input(at: 0) : nil
      }
    }
    self.value = value
    source = Self.beforeQuantization(value, in: graph)
    self.output = output
    self.tail = tail
    shape = graph.shape(of: value)
    let rank = shape?.count ?? 0
    classAxis = axis.map { $0 < 0 ? $0 + rank : $0 }.flatMap {
      (1..<max(rank, 1)).contains($0) ? $0 : nil
    }
  }

  /// The value that quantization and its undoing end in this one, seen through operators that
  /// only regroup elements; itself where they do not.
  private static func beforeQuantization(_ value: String, in graph: Graph) -> String {
    var source = value
    var cursor: String? = value
    var steps = graph.nodes.count
    while steps > 0, let name = cursor, let node = graph.producer(of: name), node.isStandard,
      views.contains(node.opType)
    {
      steps -= 1
      cursor = node.input(at: 0)
      if node.opType == "QuantizeLinear", let cursor { source = cursor }
    }
    return source
  }

  private static let tails: [String: Tail] = [
    "Softmax": .softmax, "LogSoftmax": .logSoftmax, "Sigmoid": .sigmoid,
  ]

  private static let views: Set<String> = [
    "Identity", "Dropout", "Flatten", "Reshape", "Squeeze", "Unsqueeze", "Cast",
    "QuantizeLinear", "DequantizeLinear",
  ]
}
