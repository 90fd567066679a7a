import ONNXFormat
import ONNXGraph

extension Rules {
  /// Poolings over windows and over everything.
  static let poolings: [GradientRule] = [
    GradientRule("MaxPool", "dy to the first maximum of each window, axis by axis") {
      c throws(RuleRefusal) in [0: try maxPool(c)]
    },
    GradientRule("AveragePool", "dy / count spread over each window") {
      c throws(RuleRefusal) in [0: try averagePool(c)]
    },
    GradientRule("GlobalAveragePool", "dy / (H W) everywhere") { c throws(RuleRefusal) in
      let sides = try c.spatialSides()
      let share = try c.dy * (1 / sides.reduce(1) { $0 * Float($1) })
      return [
        0: share.spread(
          sides.enumerated().map { (axis: $0 + 2, side: $1) }, rank: sides.count + 2)
      ]
    },
    GradientRule("GlobalMaxPool", "dy to the first maximum") { c throws(RuleRefusal) in
      [0: try globalMaximum(c)]
    },
    GradientRule("LpPool", "sign x |x|^(p−1) · dy y^(1−p) spread over each window") {
      c throws(RuleRefusal) in
      let window = try window(c)
      return [
        0: try powers(c) { c.builder.spreadOut(trimmed($0, window), window) }
      ]
    },
    GradientRule("GlobalLpPool", "sign x |x|^(p−1) · dy y^(1−p)") { c throws(RuleRefusal) in
      [0: try powers(c) { $0 }]
    },
  ]

  /// y = (Σ |x|^p)^(1/p), hence dx = sign x |x|^(p−1) · y^(1−p) dy, spread to where x is.
  private static func powers(
    _ c: PullbackContext, spread: (Term) -> Term
  ) throws(RuleRefusal) -> Term {
    let p = Float(c.node.int("p") ?? 2)
    guard p >= 1 else { throw RuleRefusal("p is below 1") }
    let (x, y, dy) = (try c.x(), try c.y(), try c.dy)
    if p == 1 { return x.apply("Sign") * spread(dy) }
    if p == 2 { return x * spread(dy / y.withoutZeros) }
    func power(_ term: Term, _ exponent: Float) -> Term {
      c.builder.emit("Pow", [term, term.scalar(exponent)])
    }
    return x * power(x.magnitude, p - 2) * spread(dy / power(y.withoutZeros, p - 1))
  }

  /// PyTorch exports an adaptive pooling to one position so, which takes the first maximum.
  private static func globalMaximum(_ c: PullbackContext) throws(RuleRefusal) -> Term {
    guard let count = try c.spatialSides().map(Dimension.fixed).product.value, count <= 1 << 24
    else { throw RuleRefusal("its input is too large") }
    let first = try c.builder.emit(
      "ArgMax", [c.x().reshaped([0, 0, -1])], type: .int64,
      attributes: [AttributeProto("axis", 2), AttributeProto("keepdims", 1)])
    let isFirst = first.equals(c.builder.integers(Array(0..<count), shape: [1, 1, count]))
    let dy = try c.dy.reshaped([0, 0, 1])
    return try (dy * isFirst.cast(to: dy.type)).reshaped(like: c.x().name)
  }

  // MARK: Maximum

  /// A maximum over a window is the maximum over its rows of the maxima within each row, so the
  /// pool splits into one-dimensional ones, last axis first; walking them back, each hands the
  /// cotangent to the first position that holds the maximum.  The first row and then the first
  /// column is the first in row-major order, which is PyTorch's choice in a tie.
  ///
  /// Refused: the Indices output with ScatterElements, which makes the forward pass several
  /// times slower and needs operator set 16.
  private static func maxPool(_ c: PullbackContext) throws(RuleRefusal) -> Term {
    let window = try window(c)
    let lowest = -Float.greatestFiniteMagnitude
    var stages: [(axis: Int, padded: Term, pooled: Term)] = []
    var value = try c.x()
    for axis in (0..<window.rank).reversed() {
      let padded = value.padded(
        axis + 2, rank: window.rank + 2, before: window.padsBefore[axis],
        after: window.padding(after: axis), with: lowest)
      let isLast = axis == 0
      value =
        isLast ? trimmed(try c.y(), window) : pooledMaximum(padded, axis: axis, window: window)
      stages.append((axis, padded, value))
    }
    var dy = trimmed(try c.dy, window)
    for stage in stages.reversed() {
      dy = firstMaximum(stage.padded, pooled: stage.pooled, dy: dy, axis: stage.axis, window)
    }
    return dy
  }

  /// An output of the pooling or its cotangent; where the runtime infers a window too many, a
  /// slice that takes all there is lets it infer the real side from there on.
  private static func trimmed(_ term: Term, _ window: WindowGeometry) -> Term {
    guard term.builder.opset < 22 else { return term }
    return window.leavesOut.indices.filter { window.leavesOut[$0] }.reduce(term) { term, axis in
      term.sliced(axis + 2, from: 0, to: window.output[axis])
    }
  }

  private static func pooledMaximum(_ padded: Term, axis: Int, window: WindowGeometry) -> Term {
    var kernel = Array(repeating: 1, count: window.rank)
    var (strides, dilations) = (kernel, kernel)
    kernel[axis] = window.kernel[axis]
    strides[axis] = window.strides[axis]
    dilations[axis] = window.dilations[axis]
    // An operator set before 10 knows no dilation; the attribute is written where it is needed.
    let spaced = dilations.contains { $0 != 1 } ? [AttributeProto("dilations", dilations)] : []
    return padded.builder.emit(
      "MaxPool", [padded],
      attributes: spaced + [
        AttributeProto("kernel_shape", kernel), AttributeProto("strides", strides),
      ])
  }

  /// dx of a one-dimensional maximum pool: per offset in the window the positions that hold the
  /// maximum and are the first to do so.
  private static func firstMaximum(
    _ padded: Term, pooled: Term, dy: Term, axis: Int, _ window: WindowGeometry
  ) -> Term {
    var shares: [Term] = []
    var taken: Term?
    for offset in 0..<window.kernel[axis] {
      let start = offset * window.dilations[axis]
      let candidate = padded.everyWindow(axis, from: start, window)
      // A maximum is never exceeded, so 'not less' is 'equal', and a type more can compare so.
      var hit = candidate.builder.emit("Less", [candidate, pooled], type: .bool).negated
      if let before = taken {
        taken = before.or(hit)
        hit = hit.and(before.negated)
      } else {
        taken = hit
      }
      shares.append(dy * hit.cast(to: dy.type))
    }
    return dy.builder.scattered(shares, axis: axis, window)
  }

  // MARK: Average

  /// Linear, so x itself is not needed.
  private static func averagePool(_ c: PullbackContext) throws(RuleRefusal) -> Term {
    let window = try window(c)
    // An adaptive pool that has nothing to do is exported as a window of one.
    if window.isIdentity { return try c.dy }
    let dy =
      trimmed(try c.dy, window)
      * window.shares(countsPadding: c.node.int("count_include_pad") == 1, c)
    let axes = Array(0..<window.rank)
    let tiles = axes.allSatisfy {
      window.kernel[$0] == window.strides[$0] && window.dilations[$0] == 1
        && window.padsBefore[$0] == 0 && window.output[$0] * window.kernel[$0] == window.input[$0]
    }
    let whole = window.output.allSatisfy { $0 == 1 } && window.kernel == window.input
    if whole, window.padsBefore.allSatisfy({ $0 == 0 }) {
      return dy.spread(
        window.input.enumerated().map { (axis: $0 + 2, side: $1) }, rank: window.rank + 2)
    }
    if tiles, c.opset >= 8 { return tiled(dy, channels: try c.side(1), window) }
    return c.builder.spreadOut(dy, window)
  }

  /// The windows of a pooling; one so large that a slice for each position would flood the graph
  /// is refused.
  private static func window(_ c: PullbackContext) throws(RuleRefusal) -> WindowGeometry {
    guard
      let window = WindowGeometry(
        c.node, input: try c.spatialSides(), kernel: c.node.ints("kernel_shape") ?? [])
    else { throw RuleRefusal("its window does not fit its input") }
    guard window.kernel.allSatisfy({ $0 <= 256 }), window.strides.allSatisfy({ $0 <= 256 }),
      window.output.allSatisfy({ $0 <= 1 << 16 })
    else { throw RuleRefusal("its window is too large") }
    return window
  }

  /// Each element repeated over its own window.
  private static func tiled(_ dy: Term, channels: Int, _ window: WindowGeometry) -> Term {
    let split = window.output.flatMap { [$0, 1] }
    let wide = window.kernel.enumerated().map { (axis: 2 * $0 + 3, side: $1) }
    return dy.reshaped([-1, channels] + split)
      .spread(wide, rank: 2 + 2 * window.rank)
      .reshaped([-1, channels] + window.input)
  }
}

// MARK: - Windows as strided slices

extension WindowGeometry {
  /// Whether every window is one position and every position a window.
  fileprivate var isIdentity: Bool { input == output && kernel.allSatisfy { $0 == 1 } }

  /// How far the last window hangs over the input: the padding after that it really uses, or,
  /// negative, what no window reads.
  fileprivate func padding(after axis: Int) -> Int {
    (output[axis] - 1) * strides[axis] + extent(axis) - padsBefore[axis] - input[axis]
  }

  /// One over the number of positions each window averages.
  ///
  /// Padding counts where `count_include_pad` says so, but what hangs over the padded input,
  /// which `ceil_mode` allows, never does.
  fileprivate func shares(countsPadding: Bool, _ c: PullbackContext) -> Term {
    let counts = (0..<rank).map { axis in
      (0..<output[axis]).map { index -> Int in
        let start = index * strides[axis] - padsBefore[axis]
        let low = countsPadding ? -padsBefore[axis] : 0
        let high = input[axis] + (countsPadding ? padsAfter[axis] : 0)
        return (0..<kernel[axis]).count { (low..<high).contains(start + $0 * dilations[axis]) }
      }
    }
    var result: Term?
    for (axis, counts) in counts.enumerated() {
      let isEven = Set(counts).count == 1
      var shape = Array(repeating: 1, count: rank + 2)
      if !isEven { shape[axis + 2] = counts.count }
      let values = (isEven ? [counts[0]] : counts).map { 1 / Float(max($0, 1)) }
      let factor = c.builder.constant(values, shape: shape, type: c.cotangents[0]?.type ?? .float)
      result = result.map { $0 * factor } ?? factor
    }
    return result ?? c.builder.scalar(1)
  }
}

extension Term {
  /// Of a padded input, what each window holds at one offset.
  fileprivate func everyWindow(_ axis: Int, from start: Int, _ window: WindowGeometry) -> Term {
    let stride = window.strides[axis]
    let end = start + (window.output[axis] - 1) * stride + 1
    if stride == 1 || builder.opset >= 10 {
      return sliced(axis + 2, from: start, to: end, step: stride)
    }
    // A pool with a window of one takes every stride-th position where Slice knows no steps.
    var strides = Array(repeating: 1, count: window.rank)
    strides[axis] = stride
    return builder.emit(
      "MaxPool", [sliced(axis + 2, from: start, to: end)],
      attributes: [
        AttributeProto("kernel_shape", Array(repeating: 1, count: window.rank)),
        AttributeProto("strides", strides),
      ])
  }
}

extension GraphBuilder {
  /// Each window's share given to all positions of the window.
  fileprivate func spreadOut(_ share: Term, _ window: WindowGeometry) -> Term {
    (0..<window.rank).reduce(share) { dx, axis in
      scattered(Array(repeating: dx, count: window.kernel[axis]), axis: axis, window)
    }
  }

  /// Puts each window's shares, one term per offset, back to the positions they came from and
  /// adds what meets.
  ///
  /// Offsets that are equal modulo the stride fall on the same positions, shifted by whole
  /// windows; the sums of the residues then interleave.
  fileprivate func scattered(_ shares: [Term], axis: Int, _ window: WindowGeometry) -> Term {
    let (place, rank) = (axis + 2, window.rank + 2)
    let (stride, dilation) = (window.strides[axis], window.dilations[axis])
    let reach = (window.output[axis] - 1) * stride + window.extent(axis)
    let rows = (reach + stride - 1) / stride
    var residues: [Term?] = Array(repeating: nil, count: stride)
    for (index, share) in shares.enumerated() {
      let offset = index * dilation
      let shift = offset / stride
      let moved = share.padded(
        place, rank: rank, before: shift, after: rows - window.output[axis] - shift)
      let residue = offset % stride
      residues[residue] = residues[residue].map { $0 + moved } ?? moved
    }
    // A residue that no offset falls on gets nothing; offset 0 falls on the first.
    let filled = residues.map {
      $0 ?? shares[0].padded(
        place, rank: rank, before: 0, after: rows - window.output[axis]) * 0
    }
    var dx = filled[0]
    if stride > 1 {
      let columns = filled.map { $0.unsqueezed([place + 1]) }
      // 0 keeps a side.  Axes before this one are done, those after it still count windows.
      let sides =
        Array(repeating: 0, count: place) + [rows * stride] + window.output[(axis + 1)...]
      dx = concatenated(columns, axis: place + 1).reshaped(sides)
    }
    return dx.padded(
      place, rank: rank, before: -window.padsBefore[axis],
      after: window.input[axis] + window.padsBefore[axis] - rows * stride)
  }
}
