import ONNXFormat
import ONNXGraph

extension Rules {
  /// Reading at positions that are values themselves.
  static let samplings: [GradientRule] = [
    GradientRule(
      "GridSample", "dy spread over the neighbours read; for the grid, the slope between them"
    ) { c throws(RuleRefusal) in try gridSampled(c) },
    GradientRule("AffineGrid", "dyᵀ times the base grid") { c throws(RuleRefusal) in
      [0: try affine(c)]
    },
  ]

  /// y_p = Σ_t w_t(p) x[i_t(p)] over the neighbours t of the position p, hence
  /// dx[i] = Σ w_t(p) dy_p over all p and t that read i, and dp = dy_p Σ_t w_t'(p) x[i_t(p)].
  private static func gridSampled(_ c: PullbackContext) throws(RuleRefusal) -> [Int: Term] {
    let (channels, sides) = (try c.side(1), try c.spatialSides())
    guard sides.map(Dimension.fixed).product.value.map({ $0 < 1 << 24 }) == true else {
      throw RuleRefusal("its input is too large")
    }
    let reading = try GridReading(c, sides: sides)
    let dy = try c.dy.reshaped([0, channels, -1])
    var dx: [Int: Term] = [:]
    if c.wants(0) {
      let shares = c.builder.concatenated(reading.taps.map { dy * $0.weight }, axis: 2)
      let indices = c.builder.concatenated(reading.taps.map(\.place), axis: 2)
      let places = c.builder.emit("Expand", [indices, shares.sides], type: .int64)
      let base = (dy.sliced(2, from: 0, to: 1) * 0)
        .spread([(axis: 2, side: sides.reduce(1, *))], rank: 3)
      let sum = c.builder.emit(
        "ScatterElements", [base, places, shares], type: dy.type,
        attributes: [AttributeProto("axis", 2), AttributeProto("reduction", "add")])
      dx[0] = try sum.reshaped(like: c.x().name)
    }
    if c.wants(1), !reading.isNearest {
      let flat = try c.x().reshaped([0, channels, -1])
      var slopes: [Term?] = Array(repeating: nil, count: sides.count)
      for tap in reading.taps {
        let sides = c.builder.emit("Expand", [tap.place, flat.sliced(2, from: 0, to: 1).sides])
        let read = c.builder.emit(
          "GatherElements", [flat, sides], type: flat.type,
          attributes: [
            AttributeProto("axis", 2)
          ])
        let share = (dy * read).sum([1])
        for axis in slopes.indices {
          let term = share * tap.slopes[axis]
          slopes[axis] = slopes[axis].map { $0 + term } ?? term
        }
      }
      // The grid names the last axis first.
      let columns = slopes.reversed().compactMap { $0?.transposed([0, 2, 1]) }
      dx[1] = try c.builder.concatenated(columns, axis: 2).reshaped(like: c.x(1).name)
    }
    return dx
  }

  private static func affine(_ c: PullbackContext) throws(RuleRefusal) -> Term {
    guard let size = c.integers(1), size.count == 4 || size.count == 5 else {
      throw RuleRefusal("its size is not constant")
    }
    let sides = Array(size[2...])
    guard sides.allSatisfy({ $0 > 0 }), let count = sides.map(Dimension.fixed).product.value,
      count <= 1 << 22
    else { throw RuleRefusal("its size is out of range") }
    let isAligned = c.node.int("align_corners") == 1
    let axes = sides.map { side in
      (0..<side).map { place -> Float in
        if isAligned { return side == 1 ? 0 : -1 + 2 * Float(place) / Float(side - 1) }
        return (2 * Float(place) + 1) / Float(side) - 1
      }
    }
    var base: [Float] = []
    for index in 0..<count {
      var rest = index
      for axis in axes.indices.reversed() {
        base.append(axes[axis][rest % sides[axis]])
        rest /= sides[axis]
      }
      base.append(1)
    }
    let (dy, rank) = (try c.dy, sides.count)
    let matrix = c.builder.constant(base, shape: [count, rank + 1], type: dy.type)
    return dy.reshaped([0, -1, rank]).transposed([0, 2, 1]).times(matrix: matrix)
  }
}

/// The neighbours that a GridSample reads for each output position.
private struct GridReading {
  /// One neighbour: where it lies in the flattened input and its weight, both [N, 1, positions],
  /// and the derivative of its weight by each coordinate of the grid.
  struct Tap {
    let place: Term
    let weight: Term
    let slopes: [Term]
  }

  let taps: [Tap]
  let isNearest: Bool

  init(_ c: PullbackContext, sides: [Int]) throws(RuleRefusal) {
    let mode = c.node.string("mode") ?? "linear"
    let isCubic = mode == "cubic" || mode == "bicubic"
    isNearest = mode == "nearest"
    guard isNearest || isCubic || mode == "linear" || mode == "bilinear" else {
      throw RuleRefusal("mode '\(mode)' is not supported")
    }
    let grid = try c.x(1)
    let last = sides.count + 1
    let isAligned = c.node.int("align_corners") == 1
    let padding = c.node.string("padding_mode") ?? "zeros"
    var axes: [[AxisTap]] = []
    for (axis, side) in sides.enumerated() {
      let place = sides.count - 1 - axis
      let g = grid.sliced(last, from: place, to: place + 1).reshaped([0, 1, -1])
      let factor = Float(isAligned ? side - 1 : side) / 2
      let x = g * factor + (isAligned ? factor : factor - 0.5)
      axes.append(
        AxisTap.taps(at: x, isNearest: isNearest, isCubic: isCubic).map { tap in
          tap.placed(in: side, padding: padding, isAligned: isAligned, factor: factor)
        })
    }
    var combined = axes[0].map { [$0] }
    for axis in axes.dropFirst() {
      combined = combined.flatMap { left in axis.map { left + [$0] } }
    }
    taps = combined.map { parts in
      var place = parts[0].index
      for (part, side) in zip(parts, sides).dropFirst() { place = place * Float(side) + part.index }
      let weight = parts.dropFirst().reduce(parts[0].weight) { $0 * $1.weight }
      let slopes = parts.indices.map { own in
        parts.indices.reduce(nil as Term?) { product, axis in
          let factor = axis == own ? parts[axis].slope : parts[axis].weight
          return product.map { $0 * factor } ?? factor
        } ?? weight
      }
      return Tap(place: place.cast(to: .int64), weight: weight, slopes: slopes)
    }
  }
}

/// A neighbour on one axis: its index, its weight, and the weight's derivative.
private struct AxisTap {
  let index: Term
  let weight: Term
  let slope: Term

  /// Keys' kernel with a = −0.75: (a+2)d³ − (a+3)d² + 1 within 1, a d³ − 5a d² + 8a d − 4a within 2.
  static func taps(at x: Term, isNearest: Bool, isCubic: Bool) -> [AxisTap] {
    if isNearest {
      let near = x.apply("Round")
      return [AxisTap(index: near, weight: near * 0 + 1, slope: near * 0)]
    }
    let low = x.apply("Floor")
    let part = x - low
    guard isCubic else {
      let one = part * 0 + 1
      return [
        AxisTap(index: low, weight: 1 - part, slope: -one),
        AxisTap(index: low + 1, weight: part, slope: one),
      ]
    }
    let a: Float = -0.75
    return (-1...2).map { offset in
      let isInner = offset == 0 || offset == 1
      // The distance grows with the position for neighbours below, falls for those above.
      let d = offset <= 0 ? part - Float(offset) : Float(offset) - part
      let weight =
        isInner
        ? ((a + 2) * d - (a + 3)) * d * d + 1 : ((a * d - 5 * a) * d + 8 * a) * d - 4 * a
      let slope =
        isInner
        ? (3 * (a + 2) * d - 2 * (a + 3)) * d : (3 * a * d - 10 * a) * d + 8 * a
      return AxisTap(
        index: low + Float(offset), weight: weight, slope: offset <= 0 ? slope : -slope)
    }
  }

  /// With an index inside the axis, as the padding says, and the slope by the grid's coordinate.
  func placed(in side: Int, padding: String, isAligned: Bool, factor: Float) -> AxisTap {
    let end = Float(side - 1)
    let scaled = slope * factor
    switch padding {
    case "border": return AxisTap(index: index.held(to: end), weight: weight, slope: scaled)
    case "reflection":
      let period = Float(isAligned ? 2 * (side - 1) : 2 * side)
      guard period > 0 else { return AxisTap(index: index * 0, weight: weight, slope: scaled) }
      let turn = index - (index / period).apply("Floor") * period
      let back = (isAligned ? period : period - 1) - turn
      let inside = turn.builder.emit("Min", [turn, back])
      return AxisTap(index: inside.held(to: end), weight: weight, slope: scaled)
    default:
      let isInside = index.mask(atLeast: 0) * index.mask(atMost: end)
      return AxisTap(
        index: index.held(to: end), weight: weight * isInside, slope: scaled * isInside)
    }
  }
}

extension Term {
  /// Held between zero and an end.
  fileprivate func held(to end: Float) -> Term {
    builder.emit("Clip", [self, scalar(0), scalar(end)])
  }
}
