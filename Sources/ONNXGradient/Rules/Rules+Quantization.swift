import ONNXFormat
import ONNXGraph

extension Rules {
  /// Quantization by the straight-through estimator: rounding counts as the identity, and a value
  /// outside the range that the integers reach gets nothing, as PyTorch's `fake_quantize` has it.
  ///
  /// Bengio et al., "Estimating or Propagating Gradients Through Stochastic Neurons for
  /// Conditional Computation", 2013; Jacob et al., "Quantization and Training of Neural Networks
  /// for Efficient Integer-Arithmetic-Only Inference", CVPR 2018.
  static let quantization: [GradientRule] = [
    GradientRule(
      "QuantizeLinear",
      "straight through: dy / scale where x is in the range of the integers, else 0"
    ) { c throws(RuleRefusal) in
      [0: try c.dy / level(1, of: c) * representable(c)]
    },
    GradientRule("DequantizeLinear", "straight through: dy · scale") { c throws(RuleRefusal) in
      [0: try c.dy * level(1, of: c)]
    },
    GradientRule(
      "DynamicQuantizeLinear",
      "straight through: dy / scale; the scale, which covers all of x, counts as a constant"
    ) { c throws(RuleRefusal) in
      guard let dy = c.cotangents[0], let scale = c.node.output(at: 1) else {
        throw RuleRefusal("it gives no scale")
      }
      return [0: dy / c.builder.read(scale)]
    },
  ]

  /// One where round(x / scale) + zero lies between the least and the greatest integer.
  ///
  /// Where an integer operator spelled out has no such x, only y: strictly between them.
  private static func representable(_ c: PullbackContext) throws(RuleRefusal) -> Term {
    guard let name = c.node.output(at: 0), let range = c.graph.elementType(of: name).range else {
      throw RuleRefusal("the type of its output is not known")
    }
    if let source = c.node.input(at: 0), c.graph.hiddenValues.contains(source) {
      let y = try c.y()
      return y.mask(greaterThan: range.lowest) * y.mask(lessThan: range.highest)
    }
    let scale = try level(1, of: c)
    let steps = try c.x().cast(to: scale.type) / scale
    let zero = c.node.input(at: 2) == nil ? nil : try level(2, of: c)
    guard range.isWhole else {
      return steps.mask(atLeast: range.lowest) * steps.mask(atMost: range.highest)
    }
    guard c.opset >= 11 else {
      let place = zero.map { steps + $0 } ?? steps
      return place.mask(atLeast: range.lowest - 0.5) * place.mask(atMost: range.highest + 0.5)
    }
    let rounded = steps.apply("Round")
    let place = zero.map { rounded + $0 } ?? rounded
    return place.mask(atLeast: range.lowest) * place.mask(atMost: range.highest)
  }

  /// The scale or zero point in the shape that x broadcasts with: one number, one for each place
  /// of an axis, or one for each block along it.
  private static func level(_ index: Int, of c: PullbackContext) throws(RuleRefusal) -> Term {
    guard let name = c.node.input(at: index) else { throw RuleRefusal("input \(index) is missing") }
    let type = (c.cotangents.first ?? nil)?.type ?? .float
    let stored = c.builder.term(name).cast(to: type)
    let own = try c.shape(index)
    if own.isEmpty { return stored }
    guard let sides = own.fixedSides else {
      throw RuleRefusal("the shape of its scale is not known")
    }
    if sides.allSatisfy({ $0 == 1 }) { return stored.reshaped([1]).squeezed([0]) }
    let shape = try c.shape(0)
    let axis = try c.axis(1, rank: shape.count)
    let block = c.node.int("block_size") ?? 0
    guard block > 0 else {
      guard sides.count == 1 else { throw RuleRefusal("its scale has more than one axis") }
      var spread = Array(repeating: 1, count: shape.count)
      spread[axis] = sides[0]
      return stored.reshaped(spread)
    }
    guard sides.count == shape.count, let length = shape[axis].value, length > 0,
      (1...(1 << 20)).contains(block), sides[axis] <= length,
      block * sides[axis] >= length
    else { throw RuleRefusal("its blocks do not fit its input") }
    var spread = sides
    spread[axis] *= block
    return stored.unsqueezed([axis + 1])
      .spread([(axis: axis + 1, side: block)], rank: shape.count + 1)
      .reshaped(spread)
      .sliced(axis, from: 0, to: length)
  }
}

extension ElementType {
  /// The least and the greatest number that a quantized value of this type can be, and whether
  /// it holds whole numbers only; nil for types that quantization does not write.
  fileprivate var range: (lowest: Float, highest: Float, isWhole: Bool)? {
    switch self {
    case .uint8: (0, 255, true)
    case .int8: (-128, 127, true)
    case .uint16: (0, 65535, true)
    case .int16: (-32768, 32767, true)
    case .uint4: (0, 15, true)
    case .int4: (-8, 7, true)
    case .float8e4m3fn: (-448, 448, false)
    case .float8e4m3fnuz: (-240, 240, false)
    case .float8e5m2, .float8e5m2fnuz: (-57344, 57344, false)
    case .float4e2m1: (-6, 6, false)
    default: nil
    }
  }
}
