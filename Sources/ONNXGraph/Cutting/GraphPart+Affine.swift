import ONNXFormat

// MARK: - Parts that are affine

extension GraphPart {
  /// Whether the end is an affine function of the start: what any change of the start does to the
  /// end then follows from one gradient.
  ///
  /// Global pooling and a linear layer are, whatever views and batch normalizations stand between.
  package var isAffine: Bool {
    var dependent = Set([start])
    for node in nodes {
      let places = node.input.indices.filter { dependent.contains(node.input[$0]) }
      let captures = node.allInputs.count > node.input.filter { !$0.isEmpty }.count
      if captures, node.allInputs.contains(where: dependent.contains) { return false }
      guard !places.isEmpty else { continue }
      // Sides do not depend on the numbers.
      if node.isStandard, Self.readingSides.contains(node.opType) { continue }
      guard node.isStandard, let rule = Self.rules[node.opType], rule(node, places) else {
        return false
      }
      dependent.formUnion(node.output)
    }
    return dependent.contains(end)
  }

  /// Whether a node is affine in its inputs at those places together.
  private typealias Rule = @Sendable (NodeProto, [Int]) -> Bool

  private static let readingSides: Set<String> = ["Shape", "Size"]

  private static let rules: [String: Rule] = {
    var rules: [String: Rule] = [:]
    for name in ["Add", "Sub", "Sum", "Concat", "Neg", "Identity", "Mean"] {
      rules[name] = { _, _ in true }
    }
    for name in [
      "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Slice", "Gather", "Split", "Pad",
      "Expand", "GlobalAveragePool", "AveragePool", "ReduceMean", "ReduceSum", "Dropout", "Div",
    ] {
      rules[name] = { _, places in places == [0] }
    }
    for name in ["Mul", "MatMul"] { rules[name] = { _, places in places.count == 1 } }
    rules["Cast"] = { node, _ in
      ElementType(rawValue: Int32(clamping: node.int("to") ?? 0)).isFloatingPoint
    }
    rules["Gemm"] = { _, places in places.count == 1 }
    for name in ["Conv", "ConvTranspose"] { rules[name] = { _, places in places == [0] } }
    rules["BatchNormalization"] = { node, places in
      places == [0] && node.int("training_mode") != 1
    }
    return rules
  }()
}
