import ONNXFormat
import ONNXGraph

extension Rules {
  /// Fourier transforms, and images out of columns and other sizes.
  static let transforms: [GradientRule] = [
    GradientRule("DFT", "n times the inverse transform of dy; of an inverse, the transform / n") {
      c throws(RuleRefusal) in [0: try transformed(c)]
    },
    GradientRule("Col2Im", "the columns of dy: Conv with ones at each place of the block") {
      c throws(RuleRefusal) in [0: try columns(c)]
    },
    GradientRule("CenterCropPad", "dy padded where it was cropped, cropped where padded") {
      c throws(RuleRefusal) in
      let (shape, output) = (try c.shape(), try c.outputShape())
      var dx = try c.dy
      for (axis, (old, new)) in zip(shape, output).enumerated() where old != new {
        guard let old = old.value, let new = new.value else {
          throw RuleRefusal("its sides are not known")
        }
        let before = old > new ? (old - new) / 2 : -((new - old) / 2)
        dx = dx.padded(axis, rank: shape.count, before: before, after: old - new - before)
      }
      return [0: dx]
    },
  ]

  /// The transform is linear.  Over real and imaginary part its transpose is its conjugate, which
  /// is n times the inverse.  Of one side only the positive frequencies k are kept; the others of
  /// dy are zero, and an inverse counts each twice but the first and, of even n, the last.
  private static func transformed(_ c: PullbackContext) throws(RuleRefusal) -> Term {
    let shape = try c.shape()
    let rank = shape.count
    let isOld = c.opset < 20
    let newest: Int? = c.node.input(at: 2) == nil ? -2 : c.integers(2)?.first
    let named = isOld ? c.node.int("axis") ?? 1 : newest
    guard let named, let axis = Axes.place(named, in: rank), let input = shape[axis].value,
      case let result = try c.outputShape(), result.count == rank, let output = result[axis].value
    else { throw RuleRefusal("its axis is not known") }
    let isInverse = c.node.int("inverse") == 1
    let isOneSided = c.node.int("onesided") == 1
    let isReal = shape[rank - 1] == .fixed(1)
    let stated = c.node.input(at: 1) == nil ? nil : c.integers(1)?.first
    let length = stated ?? (isOneSided && isInverse ? output : input)
    guard (1...(1 << 24)).contains(length), c.node.input(at: 1) == nil || stated != nil
    else { throw RuleRefusal("its length is not constant") }
    var dy = try c.dy
    func transform(_ term: Term, inverse: Bool, oneSided: Bool = false) -> Term {
      var attributes = [
        AttributeProto("inverse", inverse ? 1 : 0), AttributeProto("onesided", oneSided ? 1 : 0),
      ]
      if isOld { attributes.append(AttributeProto("axis", axis)) }
      let inputs: [Term?] = isOld ? [term] : [term, nil, c.builder.integers([axis], shape: [])]
      return c.builder.emit(c.node.opType, inputs, type: term.type, attributes: attributes)
    }
    let dx: Term
    let kept: Int
    if isInverse, isOneSided {
      kept = length / 2 + 1
      let counts = (0..<kept).map {
        $0 == 0 || 2 * $0 == length ? 1 / Float(length) : 2 / Float(length)
      }
      var sides = Array(repeating: 1, count: rank)
      sides[axis] = kept
      dx =
        transform(dy, inverse: false, oneSided: true)
        * c.builder.constant(counts, shape: sides, type: dy.type)
    } else {
      kept = length
      dy = dy.padded(axis, rank: rank, before: 0, after: length - output)
      let whole =
        isInverse
        ? transform(dy, inverse: false) * (1 / Float(length))
        : transform(dy, inverse: true) * Float(length)
      dx = isReal ? whole.sliced(rank - 1, from: 0, to: 1) : whole
    }
    return dx.padded(axis, rank: rank, before: 0, after: input - kept)
  }

  private static func columns(_ c: PullbackContext) throws(RuleRefusal) -> Term {
    guard let block = c.integers(2), let count = block.map(Dimension.fixed).product.value,
      count > 0, case let rows = try c.side(1), rows.isMultiple(of: count),
      rows <= 1 << 16, count <= 1 << 10
    else { throw RuleRefusal("its block is not known") }
    var ones = Array(repeating: Float(0), count: rows * count)
    for row in 0..<rows { ones[row * count + row % count] = 1 }
    let dy = try c.dy
    let weight = c.builder.constant(ones, shape: [rows, 1] + block, type: dy.type)
    let window = c.node.attribute.filter { ["dilations", "pads", "strides"].contains($0.name) }
    let columns = c.builder.emit(
      "Conv", [dy, weight], attributes: window + [AttributeProto("group", rows / count)])
    return try columns.reshaped(like: c.x().name)
  }
}
