import ONNXFormat
import ONNXGraph

extension Logits {
  /// Number of classes where one image's logits stand in a row, or nil where they do not.
  ///
  /// - Parameter batch: the number of images that the model's input fixes, if it does.
  func listCount(batch: Int?) -> Int? {
    // [C] without a batch, of a model that squeezes it away.
    if shape?.count == 1, let count = shape?[0].value, count > 0, count != batch ?? 1 {
      return batch ?? 1 == 1 ? count : nil
    }
    guard isList, let classCount, classCount > 0 else { return nil }
    return classCount
  }
}

extension Graph {
  /// Whether what a value is made of goes through a suppression of boxes, as in detectors.
  func hasSuppression(before value: String) -> Bool {
    var open = [value]
    var seen: Set<String> = [value]
    while let name = open.popLast() {
      guard let node = producer(of: name) else { continue }
      if node.opType.hasSuffix("NonMaxSuppression") || node.opType.contains("NMS") { return true }
      for input in node.allInputs where seen.insert(input).inserted { open.append(input) }
    }
    return false
  }
}

extension ModelProto {
  /// Makes a value of the graph an output, if it is none yet.
  mutating func addOutput(_ name: String?) {
    guard let name, !graph.output.contains(where: { $0.name == name }),
      graph.node.contains(where: { $0.output.contains(name) })
    else { return }
    let type = Graph(self).elementType(of: name)
    graph.output.append(ValueInfoProto(name, type: type, shape: nil))
  }
}
