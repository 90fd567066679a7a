import ONNXFormat
import ONNXGraph

extension Rules {
  /// Operators that fold axes away.
  static let reductions: [GradientRule] = [
    GradientRule("ReduceSum", "dy everywhere") { c throws(RuleRefusal) in
      let folded = try Folded(c)
      return [0: folded.spread(try c.dy)]
    },
    GradientRule("ReduceMean", "dy / n everywhere") { c throws(RuleRefusal) in
      let folded = try Folded(c)
      return [0: folded.spread(try c.dy * (1 / folded.count))]
    },
    GradientRule("ReduceMax", "dy at the maxima, shared evenly in a tie", extreme),
    GradientRule("ReduceMin", "dy at the minima, shared evenly in a tie", extreme),
    GradientRule("ReduceProd", "dy · the product of the others") { c throws(RuleRefusal) in
      try [0: product(c)]
    },
    GradientRule("ReduceL1", "dy · sign x") { c throws(RuleRefusal) in
      let folded = try Folded(c)
      let x = try c.x()
      return [
        0: folded.kept(try c.dy) * (x.mask(greaterThan: 0) - x.mask(lessThan: 0))
      ]
    },
    GradientRule("ReduceL2", "dy · x / y, zero where y is") { c throws(RuleRefusal) in
      let folded = try Folded(c)
      return [0: try folded.kept(c.dy / c.y().withoutZeros) * c.x()]
    },
    GradientRule("ReduceSumSquare", "dy · 2 x") { c throws(RuleRefusal) in
      let folded = try Folded(c)
      return [0: try folded.kept(c.dy) * (c.x() * 2)]
    },
    GradientRule("ReduceLogSum", "dy · exp(−y)") { c throws(RuleRefusal) in
      let folded = try Folded(c)
      return [0: folded.spread(try c.dy * (-c.y()).exponential)]
    },
    GradientRule("ReduceLogSumExp", "dy · exp(x − y)") { c throws(RuleRefusal) in
      let folded = try Folded(c)
      return [0: try folded.kept(c.dy) * (c.x() - folded.kept(c.y())).exponential]
    },
  ]

  private static func extreme(_ c: PullbackContext) throws(RuleRefusal) -> [Int: Term] {
    let folded = try Folded(c)
    let winners = try c.x().mask(equalTo: folded.kept(c.y()))
    return [0: try folded.kept(c.dy) * (winners / winners.sum(folded.axes))]
  }

  /// Where nothing is zero the others' product is Π x / x; where one element is, only that one has
  /// others without a zero.
  private static func product(_ c: PullbackContext) throws(RuleRefusal) -> Term {
    let folded = try Folded(c)
    let x = try c.x()
    let zero = x.mask(equalTo: x.scalar(0))
    let zeros = zero.sum(folded.axes)
    let filled = x + zero
    let whole = filled.product(folded.axes)
    let none = zeros.mask(lessThan: 0.5)
    let single = zeros.mask(lessThan: 1.5) - none
    return folded.kept(try c.dy) * (whole * (none / filled + single * zero))
  }

  /// The axes a reduction folded and how to lay a cotangent back over them.
  private struct Folded {
    let axes: [Int]
    let sides: [Int]
    let rank: Int
    let keepsAxes: Bool

    init(_ c: PullbackContext) throws(RuleRefusal) {
      rank = try c.rank()
      let contents = c.integers(1)?.map(Dimension.fixed)
      guard let axes = Axes.reduced(c.node, rank: rank, integers: contents) else {
        throw RuleRefusal("its axes are not constant")
      }
      self.axes = axes
      var sides: [Int] = []
      for axis in axes { sides.append(try c.side(axis)) }
      self.sides = sides
      keepsAxes = (c.node.int("keepdims") ?? 1) == 1
    }

    /// Elements folded into one.
    var count: Float { sides.reduce(1) { $0 * Float($1) } }

    /// With the folded axes as sides of 1.
    func kept(_ term: Term) -> Term { keepsAxes ? term : term.unsqueezed(axes) }

    /// Repeated over the folded axes.
    func spread(_ term: Term) -> Term {
      kept(term).spread(zip(axes, sides).map { (axis: $0, side: $1) }, rank: rank)
    }
  }
}
