import ONNXFormat

extension ShapeRules {
  /// Convolutions, poolings and changes of resolution.
  static let windows: [String: ShapeRule] = {
    var rows: [String: ShapeRule] = [:]
    rows["Conv"] = { [convolution($0)] }
    rows["ConvTranspose"] = { [transposedConvolution($0)] }
    for name in ["MaxPool", "AveragePool", "LpPool"] {
      rows[name] = { question in
        let pooled = pooling(question)
        var indices = pooled
        indices.type = .int64
        return [pooled, indices]
      }
    }
    for name in ["GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"] {
      rows[name] = { question in
        var facts = sameAsFirst(question)
        facts.shape = facts.shape.map { shape in
          shape.prefix(2) + Array(repeating: .fixed(1), count: max(0, shape.count - 2))
        }
        facts.layout = .channelsFirst
        return [facts]
      }
    }
    rows["Resize"] = { [resize($0, scales: $0.opset < 11 ? 1 : 2, sizes: 3)] }
    rows["Upsample"] = { [resize($0, scales: 1, sizes: nil)] }
    rows["DepthToSpace"] = { [blocks($0, grows: true)] }
    rows["SpaceToDepth"] = { [blocks($0, grows: false)] }
    return rows
  }()

  private static func convolution(_ question: ShapeQuestion) -> ValueFacts {
    var facts = ValueFacts(type: question.input(0).type, layout: .channelsFirst)
    guard let input = question.input(0).shape, let weight = question.input(1).shape,
      input.count == weight.count, input.count > 2
    else { return facts }
    facts.shape = [input[0], weight[0]] + Array(repeating: .unknown, count: input.count - 2)
    if let sides = Array(input[2...]).fixedSides, let kernel = Array(weight[2...]).fixedSides,
      let window = WindowGeometry(question.node, input: sides, kernel: kernel)
    {
      facts.shape = [input[0], weight[0]] + window.output.map(Dimension.fixed)
    }
    return facts
  }

  private static func transposedConvolution(_ question: ShapeQuestion) -> ValueFacts {
    var facts = ValueFacts(type: question.input(0).type, layout: .channelsFirst)
    guard let input = question.input(0).shape, let weight = question.input(1).shape,
      input.count == weight.count, input.count > 2
    else { return facts }
    let rank = input.count - 2
    let node = question.node
    let channels = weight[1] * .fixed(node.int("group") ?? 1)
    facts.shape = [input[0], channels] + Array(repeating: .unknown, count: rank)
    if let sides = node.ints("output_shape"), sides.count == rank {
      facts.shape = [input[0], channels] + sides.map(Dimension.fixed)
      return facts
    }
    let ones = Array(repeating: 1, count: rank)
    let zeros = Array(repeating: 0, count: rank)
    let strides = node.ints("strides") ?? ones
    let dilations = node.ints("dilations") ?? ones
    let extra = node.ints("output_padding") ?? zeros
    let pads = node.ints("pads") ?? zeros + zeros
    guard let sides = Array(input[2...]).fixedSides, let kernel = Array(weight[2...]).fixedSides,
      strides.count == rank, dilations.count == rank, extra.count == rank,
      pads.count == 2 * rank, (node.string("auto_pad") ?? "NOTSET") == "NOTSET"
    else { return facts }
    let output = (0..<rank).map { axis -> Dimension in
      let reach = strides[axis] &* (sides[axis] &- 1) &+ (kernel[axis] &- 1) &* dilations[axis]
      return .fixed(reach &+ 1 &+ extra[axis] &- pads[axis] &- pads[axis + rank])
    }
    facts.shape = [input[0], channels] + output
    return facts
  }

  private static func pooling(_ question: ShapeQuestion) -> ValueFacts {
    var facts = ValueFacts(type: question.input(0).type, layout: .channelsFirst)
    guard let input = question.input(0).shape, input.count > 2 else { return facts }
    facts.shape = input.prefix(2) + Array(repeating: .unknown, count: input.count - 2)
    if let sides = Array(input[2...]).fixedSides, let kernel = question.node.ints("kernel_shape"),
      let window = WindowGeometry(question.node, input: sides, kernel: kernel)
    {
      facts.shape = input.prefix(2) + window.output.map(Dimension.fixed)
    }
    return facts
  }

  private static func resize(_ question: ShapeQuestion, scales: Int, sizes: Int?) -> ValueFacts {
    var facts = sameAsFirst(question)
    guard let input = facts.shape else { return facts }
    facts.shape = Array(repeating: .unknown, count: input.count)
    if let sizes, let wanted = question.input(sizes).integers {
      let axes = question.node.ints("axes") ?? Array(input.indices)
      guard wanted.count == axes.count else { return facts }
      var shape = input
      for (axis, side) in zip(axes, wanted) {
        let position = axis < 0 ? axis + input.count : axis
        guard shape.indices.contains(position) else { return facts }
        shape[position] = side
      }
      facts.shape = shape
    } else if input.count == 4 {
      // Scales are floats, which are not followed; batch and channels stay as they are.
      facts.shape = [input[0], input[1], .unknown, .unknown]
    }
    return facts
  }

  private static func blocks(_ question: ShapeQuestion, grows: Bool) -> ValueFacts {
    var facts = sameAsFirst(question)
    guard let shape = facts.shape, shape.count == 4,
      let size = question.node.int("blocksize"), size > 0, size < 1 << 16
    else { return facts }
    let block = Dimension.fixed(size)
    facts.shape =
      grows
      ? [shape[0], shape[1] / (block * block), shape[2] * block, shape[3] * block]
      : [shape[0], shape[1] * block * block, shape[2] / block, shape[3] / block]
    return facts
  }
}
