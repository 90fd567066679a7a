import Diagnostics
import ONNXFormat

extension Model {
  /// The weights between the image and the output, in groups, those nearest to the logits first.
  ///
  /// Sizes, paddings, limits and the scales of quantization are no weights; a tensor that several
  /// nodes read belongs to the one nearest to the logits.  Weights within loops and branches are not
  /// listed.
  ///
  /// - Throws: ``DiagnosticError`` where the file cannot be read.
  public var weightGroups: [WeightGroup] {
    get throws(DiagnosticError) {
      let proto = try original.prepared().proto
      var layerNames: [String: String] = [:]
      for layer in layers { layerNames[layer.valueName] = layer.name }
      return WeightFinder(proto.graph, image: input.name, output: outputName)
        .groups { node in
          node.output.lazy.compactMap { layerNames[$0] }.first
            ?? (node.name.isEmpty ? node.output.first ?? node.opType : node.name)
        }
    }
  }
}

/// Finds the weights of a graph.
struct WeightFinder {
  private let graph: GraphProto
  /// How many numbers a tensor holds, by the name of its value.
  private let counts: [String: Int]
  /// The values that depend on the image, and those that the output depends on.
  private let behindImage, beforeOutput: Set<String>

  init(_ graph: GraphProto, image: String, output: String) {
    self.graph = graph
    var counts: [String: Int] = [:]
    for tensor in graph.initializer where tensor.canBeShuffled {
      counts[tensor.name] = tensor.elementCount
    }
    for node in graph.node {
      if let tensor = node.shuffledConstant { counts[node.output[0]] = tensor.elementCount }
    }
    self.counts = counts
    var behind: Set<String> = [image]
    for node in graph.node where node.input.contains(where: behind.contains) {
      behind.formUnion(node.output)
    }
    var before: Set<String> = [output]
    for node in graph.node.reversed() where node.output.contains(where: before.contains) {
      before.formUnion(node.input)
    }
    (behindImage, beforeOutput) = (behind, before)
  }

  /// The groups, those nearest to the output first.
  func groups(naming name: (NodeProto) -> String) -> [WeightGroup] {
    // What tensors a value is made of that does not depend on the image, such as a transposed
    // weight.
    var parts: [String: [String]] = [:]
    for key in counts.keys { parts[key] = [key] }
    for node in graph.node where !node.output.contains(where: behindImage.contains) {
      guard node.shuffledConstant == nil else { continue }
      let found = weights(of: node, parts)
      for output in node.output where !found.isEmpty { parts[output] = found }
    }
    var groups: [WeightGroup] = []
    var taken: Set<String> = []
    var waiting: [String] = []
    var waitingName: String?
    func close(_ name: String, _ tensors: [String]) {
      let count = tensors.reduce(0) { $0 + (counts[$1] ?? 0) }
      groups.append(WeightGroup(name: name, count: count, tensors: tensors))
    }
    for node in graph.node.reversed()
    where node.output.contains(where: behindImage.contains)
      && node.output.contains(where: beforeOutput.contains)
    {
      let found = weights(of: node, parts).filter { taken.insert($0).inserted }
      guard !found.isEmpty else { continue }
      if Self.products.contains(node.opType) {
        close(name(node), waiting + found)
        (waiting, waitingName) = ([], nil)
      } else {
        waiting += found
        waitingName = name(node)
      }
    }
    if let waitingName { close(waitingName, waiting) }
    return groups
  }

  /// The tensors that a node reads as weights.
  private func weights(of node: NodeProto, _ parts: [String: [String]]) -> [String] {
    let places = Self.places[node.opType]
    return node.input.enumerated().flatMap { place, value -> [String] in
      guard places?.contains(place) ?? true, !behindImage.contains(value) else { return [] }
      return parts[value] ?? []
    }
  }

  /// Operators that a group begins with, seen from the image.
  private static let products: Set<String> = [
    "Conv", "ConvTranspose", "Gemm", "MatMul", "ConvInteger", "MatMulInteger", "QLinearConv",
    "QLinearMatMul", "QGemm", "FusedConv", "FusedMatMul", "FusedGemm", "DynamicQuantizeMatMul",
    "MatMulIntegerToFloat", "Attention", "Einsum", "LSTM", "GRU", "RNN", "DeformConv",
  ]

  /// Which inputs are weights, for operators that take other numbers as well.
  private static let places: [String: Set<Int>] = [
    "QuantizeLinear": [0], "DequantizeLinear": [0], "DynamicQuantizeLinear": [0],
    "QLinearConv": [0, 3, 8], "QLinearMatMul": [0, 3], "QGemm": [0, 3, 6],
    "ConvInteger": [0, 1], "MatMulInteger": [0, 1], "DynamicQuantizeMatMul": [0, 1, 4],
    "MatMulIntegerToFloat": [0, 1, 6], "Clip": [0], "Pad": [0], "Resize": [0], "Upsample": [0],
    "Slice": [0], "Reshape": [0], "Expand": [0], "Tile": [0], "Gather": [0], "Dropout": [0],
    "Pow": [0], "Cast": [0], "Transpose": [0], "Squeeze": [0], "Unsqueeze": [0],
  ]
}

extension TensorProto {
  /// Whether it holds several numbers that may change places: floats, or integers of 8 bits.
  var canBeShuffled: Bool {
    switch elementType {
    case .float, .double, .float16, .bfloat16, .int8, .uint8, .int32: (elementCount ?? 0) > 1
    default: false
    }
  }
}

extension NodeProto {
  /// The tensor that a constant node gives, where its numbers may change places.
  var shuffledConstant: TensorProto? {
    guard opType == "Constant", output.count == 1,
      let value = attribute.first(where: { $0.name == "value" && $0.hasT })?.t,
      value.canBeShuffled
    else { return nil }
    return value
  }
}
