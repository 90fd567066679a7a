import ONNXFormat
import ONNXGraph

extension Rules {
  /// Operators that move or regroup elements: the cotangent goes the way back.
  static let views: [GradientRule] =
    ["Reshape", "Flatten", "Squeeze", "Unsqueeze"].map { name in
      GradientRule(name, "dy in the shape of x") { c throws(RuleRefusal) in
        [0: try c.dy.reshaped(like: c.x().name)]
      }
    } + [
      GradientRule("Identity", "dy") { c throws(RuleRefusal) in [0: try c.dy] },
      GradientRule("Dropout", "dy: nothing is dropped in inference") { c throws(RuleRefusal) in
        [0: try c.dy]
      },
      GradientRule("Cast", "dy in the type of x") { c throws(RuleRefusal) in
        [0: try c.dy.cast(to: c.x().type)]
      },
      GradientRule("Transpose", "dy with the axes back in order") { c throws(RuleRefusal) in
        let rank = try c.rank()
        let order = c.node.ints("perm") ?? Array((0..<rank).reversed())
        return [0: try c.dy.transposed(order.indices.sorted { order[$0] < order[$1] })]
      },
      GradientRule("Expand", "dy, summed where x was repeated") { c throws(RuleRefusal) in
        // The driver sums, for which it must know both shapes.
        _ = (try c.shape(), try c.outputShape())
        return [0: try c.dy]
      },
      GradientRule("DepthToSpace", "SpaceToDepth, in the order of its mode") {
        c throws(RuleRefusal) in [0: try depthFromSpace(c)]
      },
      GradientRule("SpaceToDepth", "DepthToSpace") { c throws(RuleRefusal) in
        guard let size = c.node.int("blocksize"), size > 0 else {
          throw RuleRefusal("its block size is missing")
        }
        return [
          0: c.builder.emit(
            "DepthToSpace", [try c.dy], attributes: [AttributeProto("blocksize", size)])
        ]
      },
    ]

  /// DCR order takes the block from the front of the channels, CRD from their end.
  private static func depthFromSpace(_ c: PullbackContext) throws(RuleRefusal) -> Term {
    guard let size = c.node.int("blocksize"), size > 0 else {
      throw RuleRefusal("its block size is missing")
    }
    if c.node.string("mode") ?? "DCR" == "DCR" {
      return c.builder.emit(
        "SpaceToDepth", [try c.dy], attributes: [AttributeProto("blocksize", size)])
    }
    let sides = try c.spatialSides()
    let channels = try c.side(1)
    return try c.dy
      .reshaped([-1, channels / (size * size), sides[0], size, sides[1], size])
      .transposed([0, 1, 3, 5, 2, 4])
      .reshaped([-1, channels] + sides)
  }
}
