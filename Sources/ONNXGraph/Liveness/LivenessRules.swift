import ONNXFormat

/// What a row is asked: a node, one of its inputs, and what is live of its outputs.
struct LivenessQuestion {
  let node: NodeProto
  /// The input's position.
  let input: Int
  /// What is live of each output; nil of one that the target does not depend on.
  let live: [LiveRegion?]
  let graph: Graph

  /// What is live of the first output.
  var region: LiveRegion { live.first.flatMap(\.self) ?? LiveRegion() }

  /// The input's shape.
  var shape: Shape? { shape(of: input) }

  /// The shape of an input.
  func shape(of input: Int) -> Shape? { node.input(at: input).flatMap(graph.shape) }

  /// The first output's shape.
  var outputShape: Shape? { node.output(at: 0).flatMap(graph.shape) }

  /// The contents of an integer input.
  func integers(_ input: Int) -> [Int]? {
    let contents = node.input(at: input).flatMap { graph.facts[$0]?.integers }
    let values = contents?.compactMap(\.value)
    return values?.count == contents?.count ? values : nil
  }

  /// The axis an attribute names, counted from the front.
  func axis(_ fallback: Int, rank: Int) -> Int? {
    Axes.place(node.int("axis") ?? fallback, in: rank)
  }
}

/// A row: what of an input is live.
typealias LivenessRule = @Sendable (LivenessQuestion) -> LiveRegion

/// The rows by operator.  One that is missing makes everything live, so only what keeps positions
/// apart has a row.
enum LivenessRules {
  /// Every operator's row.
  static let table: [String: LivenessRule] = {
    var rows: [String: LivenessRule] = [:]
    for name in [
      "Relu", "LeakyRelu", "PRelu", "Elu", "Selu", "Celu", "Sigmoid", "HardSigmoid", "HardSwish",
      "Swish", "Mish", "Gelu", "Erf", "Tanh", "Softplus", "Softsign", "ThresholdedRelu", "Clip",
      "Abs", "Sqrt", "Exp", "Log", "Neg", "Reciprocal", "Identity", "Dropout", "Cast", "Add",
      "Sub", "Mul", "Div", "Pow", "Sum", "Mean", "Max", "Min", "Where", "Expand", "Sin", "Cos",
      "BatchNormalization", "QuantizeLinear", "DequantizeLinear",
    ] {
      rows[name] = { broadcast($0.region, $0) }
    }
    for name in ["LayerNormalization", "RMSNormalization", "Softmax", "LogSoftmax"] {
      rows[name] = { normalized($0) }
    }
    for name in ["Reshape", "Flatten", "Squeeze", "Unsqueeze"] { rows[name] = { reshaped($0) } }
    for name in ["ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceL2", "ReduceL1"] {
      rows[name] = { reduced($0) }
    }
    rows["Transpose"] = { question in
      guard let rank = question.shape?.count else { return LiveRegion() }
      let order = question.node.ints("perm") ?? (0..<rank).reversed()
      return question.region.renamed { order.indices.contains($0) ? order[$0] : nil }
    }
    rows["MatMul"] = { product($0) }
    rows["Gemm"] = { general($0) }
    rows["Einsum"] = { summed($0) }
    rows["Attention"] = { attention($0) }
    rows["Conv"] = { convolution($0) }
    rows["Concat"] = { joined($0) }
    rows["Split"] = { split($0) }
    rows["Slice"] = { sliced($0) }
    rows["Gather"] = { gathered($0) }
    return rows
  }()
}

// MARK: - Position by position

extension LivenessRules {
  /// Positions of the output, where the input has as many.
  private static func broadcast(_ region: LiveRegion, _ question: LivenessQuestion) -> LiveRegion {
    guard let own = question.shape, let whole = question.outputShape, own.count <= whole.count
    else { return LiveRegion() }
    let extra = whole.count - own.count
    return region.renamed { axis in
      axis >= extra && own[axis - extra] == whole[axis] && own[axis - extra] != .unknown
        ? axis - extra : nil
    }
  }

  /// All of the axes normalised, and of others what is live.
  private static func normalized(_ question: LivenessQuestion) -> LiveRegion {
    guard question.input == 0, let rank = question.shape?.count else { return LiveRegion() }
    let isOld = question.graph.opset < 13
    let isSoftmax = question.node.opType.hasSuffix("Softmax")
    guard let axis = question.axis(isSoftmax && isOld ? 1 : -1, rank: rank) else {
      return LiveRegion()
    }
    return question.region.forgetting { isSoftmax && !isOld ? $0 == axis : $0 >= axis }
  }

  private static func reshaped(_ question: LivenessQuestion) -> LiveRegion {
    guard question.input == 0, let own = question.shape, let other = question.outputShape else {
      return LiveRegion()
    }
    return question.region.reshaped(from: other, to: own)
  }

  private static func reduced(_ question: LivenessQuestion) -> LiveRegion {
    guard question.input == 0, let rank = question.shape?.count,
      let axes = Axes.reduced(
        question.node, rank: rank,
        integers: question.node.input(at: 1).flatMap { question.graph.facts[$0]?.integers })
    else { return LiveRegion() }
    let kept = (0..<rank).filter { !axes.contains($0) }
    if question.node.int("keepdims") ?? 1 == 1 {
      return question.region.forgetting(axes.contains)
    }
    return question.region.renamed { kept.indices.contains($0) ? kept[$0] : nil }
  }

  /// A convolution of one position, which only mixes channels.
  private static func convolution(_ question: LivenessQuestion) -> LiveRegion {
    let isPoint =
      question.shape(of: 1)?.dropFirst(2).allSatisfy { $0 == .fixed(1) } == true
      && question.shape?.dropFirst(2) == question.outputShape?.dropFirst(2)
    guard question.input == 0, isPoint else { return LiveRegion() }
    return question.region.forgetting { $0 == 1 }
  }
}

// MARK: - Products

extension LivenessRules {
  /// Rows of the left factor and columns of the right one stay apart.
  private static func product(_ question: LivenessQuestion) -> LiveRegion {
    guard let own = question.shape, let whole = question.outputShape, own.count > 1,
      question.shape(of: 1 - question.input)?.count ?? 0 > 1
    else { return LiveRegion() }
    let mixed = question.input == 0 ? own.count - 1 : own.count - 2
    let extra = whole.count - own.count
    return question.region.renamed { axis in
      guard axis >= extra, axis - extra != mixed else { return nil }
      return own[axis - extra] == whole[axis] ? axis - extra : nil
    }
  }

  private static func general(_ question: LivenessQuestion) -> LiveRegion {
    guard question.input == 0 else { return LiveRegion() }
    let rows = question.node.int("transA") == 1 ? 1 : 0
    return question.region.renamed { $0 == 0 ? rows : nil }
  }

  private static func summed(_ question: LivenessQuestion) -> LiveRegion {
    let ranks = question.node.input.indices.compactMap { question.shape(of: $0)?.count }
    guard ranks.count == question.node.input.count,
      let equation = EinsumEquation(question.node.string("equation") ?? "", ranks: ranks),
      equation.inputs.indices.contains(question.input)
    else { return LiveRegion() }
    let own = equation.inputs[question.input]
    let output = equation.output
    return question.region.renamed { axis in
      output.indices.contains(axis) ? own.firstIndex(of: output[axis]) : nil
    }
  }

  /// Each row of the queries makes its row of the result; keys and values are mixed.
  private static func attention(_ question: LivenessQuestion) -> LiveRegion {
    guard question.input == 0, let rank = question.shape?.count else { return LiveRegion() }
    return question.region.renamed { $0 == 0 || $0 == rank - 2 ? $0 : nil }
  }
}

// MARK: - Choosing and joining

extension LivenessRules {
  /// The part of an axis that an input fills.
  private static func joined(_ question: LivenessQuestion) -> LiveRegion {
    guard let rank = question.shape?.count, let axis = question.axis(1, rank: rank),
      let whole = question.outputShape?[axis].value
    else { return LiveRegion() }
    let sides = question.node.input.indices.map { question.shape(of: $0)?[axis].value }
    let before = sides.prefix(question.input).compactMap(\.self)
    guard before.count == question.input, let side = sides[question.input] else {
      return question.region.forgetting { $0 == axis }
    }
    let start = before.reduce(0, +)
    let live = question.region.range(axis, side: whole)
    return question.region.setting(axis, to: live, movedBy: -start, side: side)
  }

  private static func split(_ question: LivenessQuestion) -> LiveRegion {
    guard question.input == 0, let shape = question.shape,
      let axis = question.axis(0, rank: shape.count), let side = shape[axis].value
    else { return LiveRegion() }
    var start = 0
    var result: LiveRegion?
    for (place, name) in question.node.output.enumerated() {
      guard let part = question.graph.shape(of: name)?[axis].value else { return LiveRegion() }
      if let region = question.live[place] {
        let moved = region.setting(
          axis, to: region.range(axis, side: part), movedBy: start, side: side)
        result = result?.union(moved) ?? moved
      }
      start += part
    }
    return result ?? LiveRegion()
  }

  private static func sliced(_ question: LivenessQuestion) -> LiveRegion {
    guard question.input == 0, let shape = question.shape,
      let ranges = SliceRange.ranges(
        question.node, of: shape, opset: question.graph.opset,
        integers: { place in
          question.node.input(at: place).flatMap { question.graph.facts[$0]?.integers }
        })
    else { return LiveRegion() }
    return ranges.reduce(question.region) { region, entry in
      let (axis, range) = entry
      guard let range, let side = shape[axis].value else {
        return region.forgetting { $0 == axis }
      }
      let live = region.range(axis, side: range.count)
      guard !live.isEmpty else { return region }
      let ends = [live.lowerBound, live.upperBound - 1].map { range.start + $0 * range.step }
      return region.setting(
        axis, to: (ends.min() ?? 0)..<(ends.max() ?? 0) + 1, movedBy: 0, side: side)
    }
  }

  /// The positions from the first to the last that is taken.
  private static func gathered(_ question: LivenessQuestion) -> LiveRegion {
    guard question.input == 0, let shape = question.shape,
      let axis = question.axis(0, rank: shape.count),
      let count = question.shape(of: 1)?.count
    else { return LiveRegion() }
    let region = question.region.renamed { place in
      place < axis ? place : place < axis + count ? nil : place - count + 1
    }
    guard let side = shape[axis].value, let indices = question.integers(1) else { return region }
    let taken = indices.compactMap { Axes.place($0, in: side) }
    guard let low = taken.min(), let high = taken.max() else { return region }
    return region.setting(axis, to: low..<high + 1, movedBy: 0, side: side)
  }
}

extension LiveRegion {
  /// With a whole axis live at some positions, moved, as far as the axis has them.
  fileprivate func setting(
    _ axis: Int, to range: Range<Int>, movedBy offset: Int, side: Int
  ) -> LiveRegion {
    let low = min(max(range.lowerBound + offset, 0), side)
    let high = min(max(range.upperBound + offset, low), side)
    var axes = axes
    axes[axis] = Span(range: low..<high, side: side)
    return LiveRegion(axes)
  }
}
