import ONNXFormat

extension ShapeRules {
  /// Convolutions, poolings and changes of resolution.
  static let windows: [String: ShapeRule] = {
    var rows: [String: ShapeRule] = [:]
    rows["Conv"] = { [convolution($0)] }
    rows["com.microsoft.FusedConv"] = { [convolution($0)] }
    rows["DeformConv"] = { [convolution($0)] }
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
        if let arrangement = question.input(0).arrangement, let shape = facts.shape {
          facts.arrangement = shape.indices.dropFirst(2).reduce(arrangement) {
            $0.replacing($1, with: [])
          }
        }
        return [facts]
      }
    }
    rows["Resize"] = { [resize($0)] }
    rows["Upsample"] = { [resize($0)] }
    rows["GridSample"] = { [sampled($0)] }
    rows["DepthToSpace"] = { [blocks($0, grows: true)] }
    rows["SpaceToDepth"] = { [blocks($0, grows: false)] }
    return rows
  }()

  private static func convolution(_ question: ShapeQuestion) -> ValueFacts {
    var facts = ValueFacts(type: question.input(0).type)
    guard let input = question.input(0).shape, let weight = question.input(1).shape,
      input.count == weight.count, input.count > 2
    else { return facts }
    facts.shape = [input[0], weight[0]] + Array(repeating: .unknown, count: input.count - 2)
    if let sides = Array(input[2...]).fixedSides, let kernel = Array(weight[2...]).fixedSides,
      let window = WindowGeometry(question.node, input: sides, kernel: kernel)
    {
      facts.shape = [input[0], weight[0]] + window.output.map(Dimension.fixed)
    }
    facts.arrangement = windowed(question.input(0), to: facts.shape, keepsChannels: false)
    return facts
  }

  private static func transposedConvolution(_ question: ShapeQuestion) -> ValueFacts {
    var facts = ValueFacts(type: question.input(0).type)
    guard let input = question.input(0).shape, let weight = question.input(1).shape,
      input.count == weight.count, input.count > 2
    else { return facts }
    let channels = weight[1] * .fixed(question.node.int("group") ?? 1)
    facts.shape = [input[0], channels] + Array(repeating: .unknown, count: input.count - 2)
    if let sides = Array(input[2...]).fixedSides, let kernel = Array(weight[2...]).fixedSides,
      let window = TransposedWindow(question.node, input: sides, kernel: kernel)
    {
      facts.shape = [input[0], channels] + window.output.map(Dimension.fixed)
    }
    facts.arrangement = windowed(question.input(0), to: facts.shape, keepsChannels: false)
    return facts
  }

  /// What windows make of a value: a grid of their own where they change its sides, which are a
  /// picture's unless told otherwise.
  private static func windowed(
    _ input: ValueFacts, to shape: Shape?, keepsChannels: Bool
  ) -> Arrangement? {
    guard let shape, let sides = input.shape, shape.count == sides.count, shape.count > 2 else {
      return nil
    }
    let fresh = Arrangement.channelsFirst(shape)
    guard let known = input.arrangement, known.axes.count == shape.count,
      shape[0] != .batch(1) || known.axes[0] == fresh.axes[0]
    else { return fresh }
    return Arrangement(
      shape.indices.map { axis in
        if axis == 0 { return known.axes[0] }
        if axis == 1 { return keepsChannels ? known.axes[1] : Arrangement.other(shape[1]) }
        let told = known.axes[axis]
        if shape[axis] == sides[axis], told.tokens != nil { return told }
        // Places of another order, such as those of windows, have no grid after a change.
        let others = known.axes.indices.contains { other in
          other != axis && !known.axes[other].places.isEmpty
            && known.axes[other].places.contains { $0.direction == fresh.axes[axis].direction }
        }
        return others ? Arrangement.other(shape[axis]) : fresh.axes[axis]
      })
  }

  private static func pooling(_ question: ShapeQuestion) -> ValueFacts {
    var facts = ValueFacts(type: question.input(0).type)
    guard let input = question.input(0).shape, input.count > 2 else { return facts }
    facts.shape = input.prefix(2) + Array(repeating: .unknown, count: input.count - 2)
    if let sides = Array(input[2...]).fixedSides, let kernel = question.node.ints("kernel_shape"),
      let window = WindowGeometry(question.node, input: sides, kernel: kernel)
    {
      facts.shape = input.prefix(2) + window.output.map(Dimension.fixed)
    }
    facts.arrangement = windowed(question.input(0), to: facts.shape, keepsChannels: true)
    return facts
  }

  /// Where a change of resolution has its scales.
  static func scales(
    _ node: NodeProto, opset: Int, floats: (Int) -> [Float]?
  ) -> [Float]? {
    node.floats("scales") ?? floats(node.opType == "Upsample" || opset < 11 ? 1 : 2)
  }

  private static func resize(_ question: ShapeQuestion) -> ValueFacts {
    var facts = resized(question)
    guard let input = question.input(0).shape, let shape = facts.shape else { return facts }
    facts.arrangement = input.indices.reduce(facts.arrangement) { arrangement, axis in
      guard shape[axis] != input[axis], let told = arrangement else { return arrangement }
      let direction = told.axes[axis].direction
      return told.replacing(
        axis,
        with: direction.map { Arrangement.place($0, shape[axis]) } ?? Arrangement.other(shape[axis])
      )
    }
    return facts
  }

  private static func resized(_ question: ShapeQuestion) -> ValueFacts {
    var facts = sameAsFirst(question)
    guard let input = facts.shape else { return facts }
    // What no number is known for: batch and channels stay as they are.
    facts.shape = input.indices.map { $0 < 2 && input.count == 4 ? input[$0] : .unknown }
    let axes = question.node.ints("axes") ?? Array(input.indices)
    let places = axes.compactMap { Axes.place($0, in: input.count) }
    guard places.count == axes.count else { return facts }
    let stretches = question.node.string("keep_aspect_ratio_policy") ?? "stretch" == "stretch"
    if let wanted = question.input(3).integers, wanted.count == places.count {
      var shape = input
      for (place, side) in zip(places, wanted) { shape[place] = side }
      if !stretches {
        for (place, side) in keepingRatio(question.node, places, input, wanted) {
          shape[place] = side
        }
      }
      facts.shape = shape
    } else if let scales = scales(
      question.node, opset: question.opset, floats: { question.input($0).floats }),
      scales.count == places.count
    {
      var shape = input
      for (place, scale) in zip(places, scales) where scale != 1 {
        let side = shape[place].value.flatMap { Int(exactly: (Float($0) * scale).rounded(.down)) }
        shape[place] = side.map(Dimension.fixed) ?? .unknown
      }
      facts.shape = shape
    }
    return facts
  }

  /// The sides that keep the aspect ratio: each its own times one scale.
  private static func keepingRatio(
    _ node: NodeProto, _ places: [Int], _ input: Shape, _ wanted: [Dimension]
  ) -> [(Int, Dimension)] {
    let ratios = zip(places, wanted).compactMap { place, side -> Float? in
      guard let old = input[place].value, let new = side.value, old > 0 else { return nil }
      return Float(new) / Float(old)
    }
    let scale =
      node.string("keep_aspect_ratio_policy") == "not_larger" ? ratios.min() : ratios.max()
    return places.map { place in
      guard ratios.count == places.count, let scale, let side = input[place].value,
        let scaled = Int(exactly: (Float(side) * scale + 0.5).rounded(.down))
      else { return (place, .unknown) }
      return (place, .fixed(scaled))
    }
  }

  private static func sampled(_ question: ShapeQuestion) -> ValueFacts {
    var facts = sameAsFirst(question)
    guard let input = facts.shape, let grid = question.input(1).shape, input.count > 2,
      grid.count == input.count
    else { return ValueFacts(type: facts.type) }
    let shape = Array(input[..<2] + grid[1..<(grid.count - 1)])
    facts.shape = shape
    facts.arrangement = .channelsFirst(shape)
    return facts
  }

  private static func blocks(_ question: ShapeQuestion, grows: Bool) -> ValueFacts {
    var facts = sameAsFirst(question)
    guard let shape = facts.shape, shape.count == 4,
      let size = question.node.int("blocksize"), size > 0, size < 1 << 16
    else { return facts }
    let block = Dimension.fixed(size)
    let sides =
      grows
      ? [shape[0], shape[1] / (block * block), shape[2] * block, shape[3] * block]
      : [shape[0], shape[1] * block * block, shape[2] / block, shape[3] / block]
    facts.shape = sides
    facts.arrangement = .channelsFirst(sides)
    return facts
  }
}
