package import ONNXFormat
package import ONNXGraph

/// The end of a model that only regroups the classes: what the logits are a view of.
package struct HeadEnd {
  /// The first value that holds a number a class for each image, the logits in another shape.
  let value: String
  /// Number of classes.
  let classCount: Int

  /// Follows the logits back; nil where they are no list of classes.
  init?(_ logits: String, in graph: Graph) {
    guard let classCount = graph.shape(of: logits)?.dropFirst().first?.value,
      Self.isFlat(graph.shape(of: logits), classCount)
    else { return nil }
    var value = logits
    while let node = graph.producer(of: value), Self.isView(node, in: graph),
      let read = node.input(at: 0), Self.isFlat(graph.shape(of: read), classCount)
    {
      value = read
    }
    (self.value, self.classCount) = (value, classCount)
  }

  /// Whether a shape holds a number a class for each image.
  private static func isFlat(_ shape: Shape?, _ classCount: Int) -> Bool {
    guard let shape, shape.count > 1, shape[1] == .fixed(classCount) else { return false }
    return shape.dropFirst(2).allSatisfy { $0 == .fixed(1) }
  }

  /// Whether a node only regroups the elements of a value that is computed.
  package static func isView(_ node: NodeProto, in graph: Graph) -> Bool {
    let names: Set = ["Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity"]
    return node.isStandard && names.contains(node.opType)
      && graph.initializers[node.input(at: 0) ?? ""] == nil
  }
}
