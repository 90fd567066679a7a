import ONNXFormat

extension ShapeRules {
  /// Operators that read or write at places given by indices.
  static let scatterings: [String: ShapeRule] = [
    "TopK": { topK($0) },
    "GatherElements": { [ValueFacts(type: $0.input(0).type, shape: $0.input(1).shape)] },
    "GatherND": { [gatherSlices($0)] },
    "Scatter": { [sameAsFirst($0)] },
    "ScatterElements": { [sameAsFirst($0)] },
    "ScatterND": { [sameAsFirst($0)] },
    "Compress": { [compressed($0)] },
    "NonZero": { [nonZero($0)] },
    "OneHot": { [oneHot($0)] },
    "NonMaxSuppression": { _ in [ValueFacts(type: .int64, shape: [.unknown, .fixed(3)])] },
    "MaxUnpool": { [unpooled($0)] },
    "Col2Im": { [image($0)] },
    "RoiAlign": { [regions($0)] },
    "AffineGrid": { [grid($0)] },
  ]

  /// The last axis of the indices names places on so many leading axes.
  private static func gatherSlices(_ question: ShapeQuestion) -> ValueFacts {
    var facts = ValueFacts(type: question.input(0).type)
    guard let shape = question.input(0).shape, let indices = question.input(1).shape,
      let depth = indices.last?.value, case let batches = question.node.int("batch_dims") ?? 0,
      batches >= 0, depth >= 0, depth <= shape.count, batches <= shape.count - depth
    else { return facts }
    facts.shape = Array(indices.dropLast() + shape[(batches + depth)...])
    return facts
  }

  private static func topK(_ question: ShapeQuestion) -> [ValueFacts] {
    var facts = sameAsFirst(question)
    if let shape = facts.shape,
      let axis = Axes.place(question.node.int("axis") ?? -1, in: shape.count)
    {
      let wanted = question.node.int("k").map { .fixed($0) } ?? question.input(1).integers?.first
      facts.shape?[axis] = wanted ?? .unknown
      facts.arrangement = facts.arrangement?.replacing(
        axis, with: Arrangement.other(wanted ?? .unknown))
    }
    var indices = facts
    indices.type = .int64
    return [facts, indices]
  }

  private static func compressed(_ question: ShapeQuestion) -> ValueFacts {
    var facts = ValueFacts(type: question.input(0).type)
    let kept = question.input(1).integers.map { $0.count { $0 != .fixed(0) } }
    let count = kept.map(Dimension.fixed) ?? .unknown
    guard question.node.attribute("axis") != nil else {
      facts.shape = [count]
      return facts
    }
    guard var shape = question.input(0).shape,
      let axis = Axes.place(question.node.int("axis") ?? 0, in: shape.count)
    else { return facts }
    shape[axis] = count
    facts.shape = shape
    return facts
  }

  private static func nonZero(_ question: ShapeQuestion) -> ValueFacts {
    guard let shape = question.input(0).shape else { return ValueFacts(type: .int64) }
    let known = question.input(0)
    let contents = known.integers?.map { $0 != .fixed(0) } ?? known.floats?.map { $0 != 0 }
    if let contents, known.integers?.contains(.unknown) != true, let sides = shape.fixedSides,
      case let places = Places(sides), places.count == contents.count
    {
      let found = contents.indices.filter { contents[$0] }.map(places.position)
      return ValueFacts(
        type: .int64, shape: [.fixed(shape.count), .fixed(found.count)],
        integers: shape.indices.flatMap { axis in found.map { .fixed($0[axis]) } })
    }
    return ValueFacts(type: .int64, shape: [.fixed(shape.count), .unknown])
  }

  private static func oneHot(_ question: ShapeQuestion) -> ValueFacts {
    var facts = ValueFacts(type: question.input(2).type)
    guard let indices = question.input(0).shape,
      let axis = Axes.place(question.node.int("axis") ?? -1, in: indices.count + 1)
    else { return facts }
    let depth = question.input(1)
    let count =
      depth.integers?.first ?? depth.floats?.first.flatMap { Int(exactly: $0) }.map(Dimension.fixed)
    facts.shape = indices[..<axis] + [count ?? .unknown] + indices[axis...]
    return facts
  }

  private static func unpooled(_ question: ShapeQuestion) -> ValueFacts {
    var facts = ValueFacts(type: question.input(0).type)
    guard let shape = question.input(0).shape, shape.count > 2 else { return facts }
    if let wanted = question.input(2).integers, wanted.count == shape.count {
      facts.shape = Array(shape[..<2] + wanted[2...])
      return facts
    }
    guard question.node.input(at: 2) == nil, let kernel = question.node.ints("kernel_shape"),
      let sides = Array(shape[2...]).fixedSides,
      let window = TransposedWindow(question.node, input: sides, kernel: kernel)
    else { return facts }
    facts.shape = shape[..<2] + window.output.map(Dimension.fixed)
    return facts
  }

  private static func image(_ question: ShapeQuestion) -> ValueFacts {
    var facts = ValueFacts(type: question.input(0).type)
    guard let shape = question.input(0).shape, shape.count == 3,
      let sides = question.input(1).integers, let block = question.input(2).integers
    else { return facts }
    facts.shape = [shape[0], shape[1] / block.product] + sides
    return facts
  }

  private static func regions(_ question: ShapeQuestion) -> ValueFacts {
    var facts = ValueFacts(type: question.input(0).type)
    guard let shape = question.input(0).shape, shape.count == 4,
      let regions = question.input(1).shape?.first
    else { return facts }
    facts.shape = [
      regions, shape[1], .fixed(question.node.int("output_height") ?? 1),
      .fixed(question.node.int("output_width") ?? 1),
    ]
    return facts
  }

  private static func grid(_ question: ShapeQuestion) -> ValueFacts {
    var facts = ValueFacts(type: question.input(0).type)
    guard let size = question.input(1).integers, size.count > 2 else { return facts }
    facts.shape = [size[0]] + size[2...] + [.fixed(size.count - 2)]
    return facts
  }
}
