import ONNXFormat
import ONNXGraph

extension Rules {
  /// Operators that read or write at places given by indices.
  static let scatterings: [GradientRule] = [
    GradientRule("GatherElements", "dy added at the chosen places, since operator set 16") {
      c throws(RuleRefusal) in
      let axis = try c.axis(0, rank: c.rank())
      return [0: try elementsAdded(c, dy: c.dy, indices: c.x(1), axis: axis)]
    },
    GradientRule(
      "GatherND", "dy added at the chosen places, since operator set 16", mixesRows: true
    ) { c throws(RuleRefusal) in [0: try slicesAdded(c)] },
    GradientRule("TopK", "dy at the places of the values chosen, since operator set 11") {
      c throws(RuleRefusal) in [0: try topValues(c)]
    },
    GradientRule("Compress", "dy at the places kept") { c throws(RuleRefusal) in
      [0: try compressed(c)]
    },
    GradientRule(
      "ScatterElements", "dy where nothing was written; dy at the places written", mixesRows: true
    ) { c throws(RuleRefusal) in
      try written(c, zeroedBy: "ScatterElements", readBy: "GatherElements")
    },
    GradientRule("Scatter", "dy where nothing was written", mixesRows: true) {
      c throws(RuleRefusal) in
      guard !c.wants(2) else { throw RuleRefusal("operator set \(c.opset) cannot read elements") }
      return try written(c, zeroedBy: c.node.opType, readBy: "GatherElements")
    },
    GradientRule(
      "ScatterND", "dy where nothing was written; dy at the places written", mixesRows: true
    ) { c throws(RuleRefusal) in try written(c, zeroedBy: "ScatterND", readBy: "GatherND") },
    GradientRule("MaxUnpool", "dy at the places named by the indices", mixesRows: true) {
      c throws(RuleRefusal) in
      guard c.opset >= 11 else { throw RuleRefusal("operator set \(c.opset) cannot read elements") }
      let flat = try c.builder.emit(
        "Gather", [c.dy.reshaped([-1]), c.x(1).reshaped([-1])], type: c.dy.type)
      return [0: flat.reshaped(like: try c.x().name)]
    },
  ]

  /// Zeros with the sides of an input after the first, and as many rows as a cotangent has.
  private static func zeros(_ c: PullbackContext, rowsOf dy: Term) throws(RuleRefusal) -> Term {
    let rank = try c.rank()
    var row = dy
    var sides: [(axis: Int, side: Int)] = []
    for axis in 1..<max(rank, 1) {
      row = row.sliced(axis, from: 0, to: 1)
      sides.append((axis, try c.side(axis)))
    }
    return (row * 0).spread(sides, rank: rank)
  }

  /// Elements of dy added at the places that indices of its shape name on one axis.
  static func elementsAdded(
    _ c: PullbackContext, dy: Term, indices: Term, axis: Int, isUnique: Bool = false
  ) throws(RuleRefusal) -> Term {
    let needed = isUnique ? 11 : 16
    guard c.opset >= needed else {
      throw RuleRefusal("operator set \(c.opset) cannot scatter sums")
    }
    let adds = isUnique ? [] : [AttributeProto("reduction", "add")]
    let axes = [AttributeProto("axis", axis)]
    guard axis > 0 else {
      return c.builder.emit(
        "ScatterElements", [try c.x() * 0, indices, dy], type: dy.type, attributes: axes + adds)
    }
    // Indices stand for each of several targets alike.
    let places = c.builder.emit("Expand", [indices, dy.sides], type: indices.type)
    return c.builder.emit(
      "ScatterElements", [try zeros(c, rowsOf: dy), places, dy], type: dy.type,
      attributes: axes + adds)
  }

  private static func slicesAdded(_ c: PullbackContext) throws(RuleRefusal) -> Term {
    guard c.opset >= 16 else { throw RuleRefusal("operator set \(c.opset) cannot scatter sums") }
    var indices = try c.x(1)
    let batches = c.node.int("batch_dims") ?? 0
    let rank = try c.rank(1)
    if batches == 1, rank >= 2 {
      // Each row's own number before the indices into it.
      let count = indices.sides.sliced(0, from: 0, to: 1).squeezed([0])
      let rows = c.builder.emit(
        "Range", [c.builder.integers([0], shape: []), count, c.builder.integers([1], shape: [])],
        type: .int64)
      let column = rows.reshaped([-1] + Array(repeating: 1, count: rank - 1))
      let sides = indices.sides.sliced(0, from: 0, to: rank - 1)
      let wide = c.builder.concatenated([sides, c.builder.integers([1])], axis: 0)
      let numbers = c.builder.emit("Expand", [column, wide], type: .int64)
      indices = c.builder.concatenated([numbers, indices.cast(to: .int64)], axis: rank - 1)
    } else if batches != 0 {
      throw RuleRefusal("it has \(batches) batch axes")
    }
    return c.builder.emit(
      "ScatterND", [try c.x() * 0, indices, try c.dy], type: try c.dy.type,
      attributes: [AttributeProto("reduction", "add")])
  }

  private static func topValues(_ c: PullbackContext) throws(RuleRefusal) -> Term {
    let axis = try c.axis(-1, rank: c.rank())
    guard let name = c.node.output(at: 1) else { throw RuleRefusal("its indices are missing") }
    let places = c.builder.term(name, type: .int64)
    return try elementsAdded(c, dy: c.dy, indices: places, axis: axis, isUnique: true)
  }

  private static func compressed(_ c: PullbackContext) throws(RuleRefusal) -> Term {
    guard let kept = c.integers(1) else { throw RuleRefusal("its condition is not constant") }
    let places = kept.indices.filter { kept[$0] != 0 }
    let rank = try c.rank()
    guard c.node.attribute("axis") != nil else {
      guard let count = try c.shape().product.value, places.allSatisfy({ $0 < count }) else {
        throw RuleRefusal("the shape of its input is not known")
      }
      let flat = try placed(c.dy, places, of: count, axis: 0, rank: 1)
      return flat.reshaped(like: try c.x().name)
    }
    let axis = try c.axis(0, rank: rank)
    return try placed(c.dy, places, of: c.side(axis), axis: axis, rank: rank)
  }

  private static func written(
    _ c: PullbackContext, zeroedBy scatter: String, readBy gather: String
  ) throws(RuleRefusal) -> [Int: Term] {
    let reduction = c.node.string("reduction") ?? "none"
    guard reduction == "none" || reduction == "add" else {
      throw RuleRefusal("it reduces by '\(reduction)'")
    }
    let (dy, indices) = (try c.dy, try c.x(1))
    let axis = c.node.int("axis").map { [AttributeProto("axis", $0)] } ?? []
    var dx: [Int: Term] = [:]
    if c.wants(0) {
      dx[0] =
        reduction == "add"
        ? dy : c.builder.emit(scatter, [dy, indices, try c.x(2) * 0], attributes: axis)
    }
    if c.wants(2) { dx[2] = c.builder.emit(gather, [dy, indices], attributes: axis) }
    return dx
  }

  /// Rows of dy laid at different places of a longer axis, zeros elsewhere; what falls on one
  /// place is added.
  ///
  /// Places that follow one another are padded; others are gathered from dy with a row of zeros
  /// behind, which costs far less than a product with a matrix of zeros and ones.
  static func placed(
    _ dy: Term, _ places: [Int], of side: Int, axis: Int, rank: Int
  ) throws(RuleRefusal) -> Term {
    guard places.allSatisfy((0..<side).contains), !places.isEmpty else {
      throw RuleRefusal("an index is out of range")
    }
    let isRun = places.enumerated().allSatisfy { $1 == places[0] + $0 }
    if isRun {
      return dy.padded(
        axis, rank: rank, before: places[0], after: side - places[0] - places.count)
    }
    guard Set(places).count == places.count, side <= 1 << 22 else {
      let map = try AxisMap(from: side, to: places.count) { [(places[$0], Float(1))] }
      return map.pulledBack(dy, axis: axis, rank: rank)
    }
    var sources = Array(repeating: places.count, count: side)
    for (source, place) in places.enumerated() { sources[place] = source }
    let isWhole = places.count == side
    let padded = isWhole ? dy : dy.padded(axis, rank: rank, before: 0, after: 1)
    return dy.builder.emit(
      "Gather", [padded, dy.builder.integers(sources)], type: dy.type,
      attributes: [AttributeProto("axis", axis)])
  }
}
