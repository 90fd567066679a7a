import ONNXFormat
import ONNXGraph

extension Rules {
  /// Operators that move or regroup elements: the cotangent goes the way back.
  static let views: [GradientRule] =
    ["Reshape", "Flatten", "Squeeze", "Unsqueeze"].map { name in
      GradientRule(name, "dy in the shape of x", keepsOrder: true) { c throws(RuleRefusal) in
        [0: try c.dy.reshaped(like: c.x().name)]
      }
    } + [
      GradientRule("Identity", "dy", keepsOrder: true) { c throws(RuleRefusal) in [0: try c.dy] },
      GradientRule("Dropout", "dy: nothing is dropped in inference", keepsOrder: true) {
        c throws(RuleRefusal) in
        guard c.integers(2)?.first ?? 0 == 0 else { throw RuleRefusal("it drops at random") }
        return [0: try c.dy]
      },
      GradientRule("Cast", "dy", keepsOrder: true) { c throws(RuleRefusal) in
        [0: try c.dy.cast(to: c.x().type.cotangentType)]
      },
      GradientRule("CastLike", "dy", keepsOrder: true) {
        c throws(RuleRefusal) in [0: try c.dy.cast(to: c.x().type.cotangentType)]
      },
      GradientRule("Transpose", "dy with the axes back in order", movesBatch: true) {
        c throws(RuleRefusal) in
        let rank = try c.rank()
        let order = c.node.ints("perm") ?? Array((0..<rank).reversed())
        guard order.sorted() == Array(0..<rank) else {
          throw RuleRefusal("its order of axes is none")
        }
        return [0: try c.dy.transposed(order.indices.sorted { order[$0] < order[$1] })]
      },
      GradientRule("Expand", "dy, summed where x was repeated", broadcasts: true) {
        c throws(RuleRefusal) in [0: try c.dy]
      },
      GradientRule("Tile", "dy, summed over the copies") { c throws(RuleRefusal) in
        [0: try tiled(c)]
      },
      GradientRule("Trilu", "dy, the same part of it") { c throws(RuleRefusal) in
        [0: c.builder.emit(c.node.opType, [try c.dy, c.optional(1)], attributes: c.node.attribute)]
      },
      GradientRule("DepthToSpace", "SpaceToDepth, in the order of its mode") {
        c throws(RuleRefusal) in [0: try depthFromSpace(c)]
      },
      GradientRule("SpaceToDepth", "DepthToSpace") { c throws(RuleRefusal) in
        let size = try blockSize(c)
        return [
          0: c.builder.emit(
            "DepthToSpace", [try c.dy],
            attributes: [AttributeProto("blocksize", size)]
              + [c.node.attribute("mode")].compactMap(\.self))
        ]
      },
    ]

  /// DCR order takes the block from the front of the channels, CRD from their end.
  private static func depthFromSpace(_ c: PullbackContext) throws(RuleRefusal) -> Term {
    let size = try blockSize(c)
    if c.node.string("mode") ?? "DCR" == "DCR" {
      return c.builder.emit(
        "SpaceToDepth", [try c.dy], attributes: [AttributeProto("blocksize", size)])
    }
    let sides = try c.spatialSides()
    let channels = try c.side(1)
    guard sides.count == 2 else { throw RuleRefusal("its input has not four axes") }
    return try c.dy
      .reshaped([-1, channels / (size * size), sides[0], size, sides[1], size])
      .transposed([0, 1, 3, 5, 2, 4])
      .reshaped([-1, channels] + sides)
  }

  private static func blockSize(_ c: PullbackContext) throws(RuleRefusal) -> Int {
    guard let size = c.node.int("blocksize"), (1..<(1 << 16)).contains(size) else {
      throw RuleRefusal("its block size is missing")
    }
    return size
  }

  /// With each repeated axis as two, copies before positions, the copies are summed.
  private static func tiled(_ c: PullbackContext) throws(RuleRefusal) -> Term {
    let shape = try c.shape()
    guard let repeats = c.integers(1), repeats.count == shape.count else {
      throw RuleRefusal("its repeats are not constant")
    }
    var sides: [Int] = []
    var copies: [Int] = []
    for (axis, count) in repeats.enumerated() {
      if count != 1 {
        copies.append(sides.count)
        sides.append(count)
      }
      sides.append(count == 1 && axis == 0 ? -1 : try c.side(axis))
    }
    return try c.dy.reshaped(sides).sum(copies, keepsAxes: false)
  }
}
