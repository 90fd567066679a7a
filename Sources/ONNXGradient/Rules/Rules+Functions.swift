import ONNXGraph

extension Rules {
  /// Elementary functions of one input.
  static let functions: [GradientRule] = [
    GradientRule("Abs", "dy · sign x") { c throws(RuleRefusal) in
      let x = try c.x()
      return [0: try c.dy * (x.mask(greaterThan: 0) - x.mask(lessThan: 0))]
    },
    GradientRule("Neg", "−dy") { c throws(RuleRefusal) in [0: try -c.dy] },
    GradientRule("Reciprocal", "−dy · y²") { c throws(RuleRefusal) in
      [0: try -(c.dy * (c.y() * c.y()))]
    },
    GradientRule("Sqrt", "dy / (2 y)") { c throws(RuleRefusal) in [0: try c.dy / (c.y() * 2)] },
    GradientRule("Exp", "dy · y") { c throws(RuleRefusal) in [0: try c.dy * c.y()] },
    GradientRule("Log", "dy / x") { c throws(RuleRefusal) in [0: try c.dy / c.x()] },
    GradientRule("Erf", "dy · 2 exp(−x²) / √π") { c throws(RuleRefusal) in
      let scale = Float(2 / Double.pi.squareRoot())
      return [0: try c.dy * ((-(c.x() * c.x())).exponential * scale)]
    },
    GradientRule("Sin", "dy · cos x") { c throws(RuleRefusal) in
      [0: try c.dy * c.x().apply("Cos")]
    },
    GradientRule("Cos", "−dy · sin x") { c throws(RuleRefusal) in
      [0: try -(c.dy * c.x().apply("Sin"))]
    },
    GradientRule("Tan", "dy · (1 + y²)") { c throws(RuleRefusal) in
      [0: try c.dy * (1 + c.y() * c.y())]
    },
    GradientRule("Asin", "dy / √(1 − x²)") { c throws(RuleRefusal) in
      [0: try c.dy / (1 - c.x() * c.x()).squareRoot]
    },
    GradientRule("Acos", "−dy / √(1 − x²)") { c throws(RuleRefusal) in
      [0: try -(c.dy / (1 - c.x() * c.x()).squareRoot)]
    },
    GradientRule("Atan", "dy / (1 + x²)") { c throws(RuleRefusal) in
      [0: try c.dy / (1 + c.x() * c.x())]
    },
    GradientRule("Sinh", "dy · cosh x") { c throws(RuleRefusal) in
      [0: try c.dy * c.x().apply("Cosh")]
    },
    GradientRule("Cosh", "dy · sinh x") { c throws(RuleRefusal) in
      [0: try c.dy * c.x().apply("Sinh")]
    },
    GradientRule("Asinh", "dy / √(x² + 1)") { c throws(RuleRefusal) in
      [0: try c.dy / (c.x() * c.x() + 1).squareRoot]
    },
    GradientRule("Acosh", "dy / √(x² − 1)") { c throws(RuleRefusal) in
      [0: try c.dy / (c.x() * c.x() - 1).squareRoot]
    },
    GradientRule("Atanh", "dy / (1 − x²)") { c throws(RuleRefusal) in
      [0: try c.dy / (1 - c.x() * c.x())]
    },
    GradientRule("Softmax", "y · (dy − Σ dy · y)") { c throws(RuleRefusal) in
      let y = try c.y()
      let axes = try softmaxAxes(c)
      return [0: try y * (c.dy - (c.dy * y).sum(axes))]
    },
    GradientRule("LogSoftmax", "dy − exp(y) · Σ dy") { c throws(RuleRefusal) in
      let axes = try softmaxAxes(c)
      return [0: try c.dy - c.y().exponential * c.dy.sum(axes)]
    },
  ]

  /// The axes a softmax runs over: one since operator set 13, all from one on before.
  private static func softmaxAxes(_ c: PullbackContext) throws(RuleRefusal) -> [Int] {
    let rank = try c.rank()
    let axis = try c.axis(c.opset < 13 ? 1 : -1, rank: rank)
    return c.opset < 13 ? Array(axis..<rank) : [axis]
  }
}
