import ONNXFormat
import ONNXGraph

extension Rules {
  /// Operators of several inputs, element by element; the driver sums what was broadcast.
  static let arithmetic: [GradientRule] = [
    GradientRule("Add", "dy to both", broadcasts: true) { c throws(RuleRefusal) in
      [0: try c.dy, 1: try c.dy]
    },
    GradientRule("Sub", "dy, −dy", broadcasts: true) { c throws(RuleRefusal) in
      var dx: [Int: Term] = [0: try c.dy]
      if c.wants(1) { dx[1] = try -c.dy }
      return dx
    },
    GradientRule("Mul", "dy · b, dy · a", broadcasts: true) { c throws(RuleRefusal) in
      var dx: [Int: Term] = [:]
      if c.wants(0) { dx[0] = try c.dy * c.x(1) }
      if c.wants(1) { dx[1] = try c.dy * c.x(0) }
      return dx
    },
    GradientRule("Div", "dy / b, −dy · y / b", broadcasts: true) { c throws(RuleRefusal) in
      var dx: [Int: Term] = [:]
      if c.wants(0) { dx[0] = try c.dy / c.x(1) }
      if c.wants(1) { dx[1] = try -(c.dy * (c.y() / c.x(1))) }
      return dx
    },
    GradientRule("Mod", "dy, −dy · (a − y) / b: the number of times b was taken", broadcasts: true)
    {
      c throws(RuleRefusal) in
      var dx: [Int: Term] = [0: try c.dy]
      if c.wants(1) { dx[1] = try -(c.dy * ((c.x(0) - c.y()) / c.x(1))) }
      return dx
    },
    GradientRule("Pow", "dy · e x^(e−1), dy · y ln x", broadcasts: true) { c throws(RuleRefusal) in
      let x = try c.x()
      let exponent = try c.x(1).cast(to: x.type)
      var dx: [Int: Term] = [:]
      if c.wants(0) {
        // The square, which normalisations hold, needs no power.
        let slope =
          c.float(1) == 2
          ? x * 2 : exponent * c.builder.emit("Pow", [x, exponent - 1])
        dx[0] = try c.dy * slope
      }
      if c.wants(1) { dx[1] = try c.dy * (c.y() * x.apply("Log")) }
      return dx
    },
    GradientRule("Sum", "dy to all", broadcasts: true) { c throws(RuleRefusal) in
      var dx: [Int: Term] = [:]
      for index in c.wanted.sorted() { dx[index] = try c.dy }
      return dx
    },
    GradientRule("Mean", "dy / n to all", broadcasts: true) { c throws(RuleRefusal) in
      var dx: [Int: Term] = [:]
      for index in c.wanted.sorted() { dx[index] = try c.dy * (1 / Float(c.node.input.count)) }
      return dx
    },
    GradientRule("Max", "dy where largest, shared evenly in a tie", broadcasts: true, extremum),
    GradientRule("Min", "dy where smallest, shared evenly in a tie", broadcasts: true, extremum),
    GradientRule("Where", "dy where chosen", broadcasts: true) { c throws(RuleRefusal) in
      let chosen = try c.x(0).cast(to: c.dy.type)
      var dx: [Int: Term] = [:]
      if c.wants(1) { dx[1] = try c.dy * chosen }
      if c.wants(2) { dx[2] = try c.dy * (1 - chosen) }
      return dx
    },
  ]

  private static func extremum(_ c: PullbackContext) throws(RuleRefusal) -> [Int: Term] {
    if c.node.input.count == 1 { return [0: try c.dy] }
    let y = try c.y()
    var masks: [Term] = []
    for index in c.node.input.indices { masks.append(try c.x(index).mask(equalTo: y)) }
    guard let winners = c.builder.sum(masks) else { return [:] }
    var dx: [Int: Term] = [:]
    for index in c.wanted.sorted() { dx[index] = try c.dy * (masks[index] / winners) }
    return dx
  }
}
