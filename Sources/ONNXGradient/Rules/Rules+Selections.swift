import ONNXFormat
import ONNXGraph

extension Rules {
  /// Operators that choose, join or pad along axes.
  static let selections: [GradientRule] = [
    GradientRule("Concat", "the part of dy that came from each input") { c throws(RuleRefusal) in
      let axis = try c.axis(1, rank: c.rank())
      var dx: [Int: Term] = [:]
      var start = 0
      for index in c.node.input.indices {
        let side = try c.side(axis, of: index)
        if c.wants(index) { dx[index] = try c.dy.sliced(axis, from: start, to: start + side) }
        start += side
      }
      return dx
    },
    GradientRule("Split", "the cotangents put side by side", movesBatch: true) {
      c throws(RuleRefusal) in
      [0: try joined(c)]
    },
    GradientRule("Slice", "dy among zeros") { c throws(RuleRefusal) in [0: try sliced(c)] },
    GradientRule("Gather", "dy added at the chosen places", keepsOrder: true) {
      c throws(RuleRefusal) in
      [0: try gathered(c)]
    },
    GradientRule("CumSum", "the cumulative sum of dy in the other direction") {
      c throws(RuleRefusal) in
      let flags = [
        AttributeProto("exclusive", c.node.int("exclusive") ?? 0),
        AttributeProto("reverse", c.node.int("reverse") == 1 ? 0 : 1),
      ]
      return [0: c.builder.emit(c.node.opType, [try c.dy, try c.x(1)], attributes: flags)]
    },
    GradientRule("Pad", "the inner part of dy; reflected and repeated edges added back") {
      c throws(RuleRefusal) in
      let dx = try padded(c)
      guard c.wants(2) else { return [0: dx] }
      // What did not come from x came from the value.
      let axes = Array(0..<(try c.rank()))
      let rest = try c.dy.sum(axes, keepsAxes: false) - dx.sum(axes, keepsAxes: false)
      return [0: dx, 2: rest.reshaped(try c.rank(2) == 0 ? [] : [1])]
    },
  ]

  private static func joined(_ c: PullbackContext) throws(RuleRefusal) -> Term {
    let rank = try c.rank()
    let axis = try c.axis(0, rank: rank)
    var sides: [Int] = []
    for name in c.node.output {
      guard let shape = c.graph.shape(of: name), shape.indices.contains(axis),
        let side = shape[axis].value
      else {
        throw RuleRefusal("the sides of its parts are not known")
      }
      sides.append(side)
    }
    let present = c.cotangents.compactMap { $0 }
    if present.count == sides.count { return c.builder.concatenated(present, axis: axis) }
    var parts: [Term] = []
    var start = 0
    for (dy, side) in zip(c.cotangents, sides) {
      if let dy {
        let after = sides.reduce(0, +) - start - side
        parts.append(dy.padded(axis, rank: rank, before: start, after: after))
      }
      start += side
    }
    guard let sum = c.builder.sum(parts) else { throw RuleRefusal("none of its parts is used") }
    return sum
  }

  private static func sliced(_ c: PullbackContext) throws(RuleRefusal) -> Term {
    let shape = try c.shape()
    let contents = { (index: Int) in c.integers(index)?.map(Dimension.fixed) }
    guard
      let ranges = SliceRange.ranges(c.node, of: shape, opset: c.opset, integers: contents)
    else { throw RuleRefusal("its bounds are not constant") }
    var dx = try c.dy
    for (axis, range) in ranges.sorted(by: { $0.key < $1.key }) {
      guard let range, let side = shape[axis].value, range.count > 0 else {
        throw RuleRefusal("its bounds on axis \(axis) are not known")
      }
      if range.step < 0 { dx = reversed(dx, axis: axis, side: range.count) }
      let step = abs(range.step)
      let first = range.step > 0 ? range.start : range.start + (range.count - 1) * range.step
      let places = (0..<range.count).map { first + $0 * step }
      dx = try placed(dx, places, of: side, axis: axis, rank: shape.count)
    }
    return dx
  }

  private static func gathered(_ c: PullbackContext) throws(RuleRefusal) -> Term {
    let rank = try c.rank()
    let axis = try c.axis(0, rank: rank)
    if rank == 1, try takesAll(c) { return try c.dy.reshaped([-1]) }
    let side = try c.side(axis)
    guard let indices = c.integers(1), let shape = try c.shape(1).fixedSides else {
      return try gatheredAnywhere(c, axis: axis, side: side)
    }
    let places = indices.map { $0 < 0 ? $0 + side : $0 }
    guard places.allSatisfy((0..<side).contains) else {
      throw RuleRefusal("an index is out of range")
    }
    if shape.isEmpty {
      return try c.dy.unsqueezed([axis]).padded(
        axis, rank: rank, before: places[0], after: side - places[0] - 1)
    }
    var dy = try c.dy
    if shape.count > 1 {
      // Several axes of indices count as one; the batch, or what stands first, is left open.
      var sides: [Int] = []
      for (place, side) in try c.shape().enumerated() {
        sides.append(place == axis ? places.count : place == 0 ? -1 : side.value ?? -1)
      }
      guard sides.count(where: { $0 < 0 }) <= 1 else {
        throw RuleRefusal("its sides are not known")
      }
      dy = dy.reshaped(sides)
    }
    return try placed(dy, places, of: side, axis: axis, rank: rank)
  }

  /// With indices that are known only when the graph runs: dx = dy · M along the axis, where a
  /// row of M is one at the index.
  private static func gatheredAnywhere(
    _ c: PullbackContext, axis: Int, side: Int
  ) throws(RuleRefusal) -> Term {
    guard c.opset >= 9, let count = try c.shape(1).product.value else {
      throw RuleRefusal("its indices are not constant")
    }
    let (rank, dy) = (try c.rank(), try c.dy)
    let ends = c.builder.constant([0, 1], shape: [2], type: dy.type)
    let matrix = c.builder.emit(
      "OneHot", [try c.x(1).reshaped([-1]), c.builder.integers([side]), ends], type: dy.type)
    var sides: [Int] = []
    for (place, side) in try c.shape().enumerated() {
      sides.append(place == axis ? count : place == 0 ? -1 : side.value ?? -1)
    }
    guard sides.count(where: { $0 < 0 }) <= 1 else { throw RuleRefusal("its sides are not known") }
    return AxisMap.multiplied(dy.reshaped(sides), by: matrix, axis: axis, rank: rank)
  }

  /// Whether the indices take every element of a flat input in order, whatever the batch: so
  /// PyTorch's exporter writes views by strides.
  private static func takesAll(_ c: PullbackContext) throws(RuleRefusal) -> Bool {
    guard let name = c.node.input(at: 1), case .batch(let factor) = try c.shape()[0],
      try c.outputShape().product == .batch(factor)
    else { return false }
    return [2, 3].allSatisfy { batch in
      guard let places = c.graph.integers(of: name, batch: batch) else { return false }
      return places.count == batch * factor && places.enumerated().allSatisfy { $0 == $1 }
    }
  }

  private static func padded(_ c: PullbackContext) throws(RuleRefusal) -> Term {
    let shape = try c.shape()
    let rank = shape.count
    let named = c.node.ints("pads") ?? c.node.ints("paddings") ?? c.integers(1)
    let axes = c.node.input(at: 3) == nil ? Array(0..<rank) : c.integers(3) ?? []
    let sane = -ValueFacts.sideLimit...ValueFacts.sideLimit
    guard let pads = named, pads.count == 2 * axes.count, pads.allSatisfy(sane.contains) else {
      throw RuleRefusal("its pads are not constant")
    }
    let mode = c.node.string("mode") ?? "constant"
    var dx = try c.dy
    for (position, axis) in axes.enumerated() {
      guard let axis = Axes.place(axis, in: rank) else { throw RuleRefusal("an axis is wrong") }
      let (before, after) = (pads[position], pads[position + axes.count])
      if before == 0, after == 0 { continue }
      if mode == "constant" {
        dx = dx.padded(axis, rank: rank, before: -before, after: -after)
      } else {
        let side = try c.side(axis)
        let map = try AxisMap(from: side, to: side + before + after) {
          [(source(of: $0 - before, side: side, mode: mode), Float(1))]
        }
        dx = map.pulledBack(dx, axis: axis, rank: rank)
      }
    }
    return dx
  }

  /// The position that a padded position copies.
  private static func source(of position: Int, side: Int, mode: String) -> Int {
    switch mode {
    case "edge": return min(max(position, 0), side - 1)
    case "wrap": return ((position % side) + side) % side
    default:
      guard side > 1 else { return 0 }
      let period = 2 * (side - 1)
      let place = ((position % period) + period) % period
      return min(place, period - place)
    }
  }
}
