import ONNXFormat
import ONNXGraph

extension Rules {
  /// Convolutions, whose pullback is again a convolution.
  static let convolutions: [GradientRule] = [
    GradientRule(
      "Conv",
      "stride 1: Conv with the weight flipped in space and its channels exchanged; else ConvTranspose",
      convolution),
    GradientRule("ConvTranspose", "Conv with the same weight, strides and pads") {
      c throws(RuleRefusal) in [0: try transposedConvolution(c)]
    },
  ]

  /// y_o = Σ_k w_k x_{s·o + d·k − p}, hence dx_i = Σ_k w_k dy_o over the o with s·o + d·k − p = i.
  ///
  /// With stride 1 that is o = i + p − d·k: a convolution with w reversed and pads d(k−1) − p,
  /// which ONNX Runtime runs faster than its ConvTranspose.
  private static func convolution(_ c: PullbackContext) throws(RuleRefusal) -> [Int: Term] {
    guard !c.wants(1), !c.wants(2) else {
      throw RuleRefusal("its weight depends on the input")
    }
    let weightShape = try c.shape(1)
    guard let weight = weightShape.fixedSides, weight.count > 2 else {
      throw RuleRefusal("the shape of its weight is not known")
    }
    let group = c.node.int("group") ?? 1
    guard weight.allSatisfy({ $0 > 0 }), (1...weight[0]).contains(group),
      weight[0].isMultiple(of: group),
      let window = WindowGeometry(c.node, input: try c.spatialSides(), kernel: Array(weight[2...]))
    else { throw RuleRefusal("its window does not fit its input") }
    let kernel = window.kernel
    let axes = 0..<window.rank
    let before = axes.map { window.extent($0) - 1 - window.padsBefore[$0] }
    // Positions that no window reaches at the end get their zeros from more padding.
    let after = axes.map { axis in
      window.input[axis] + window.padsBefore[axis] - window.output[axis]
    }
    let strideOne = window.strides.allSatisfy { $0 == 1 }
    if strideOne, before.allSatisfy({ $0 >= 0 }), after.allSatisfy({ $0 >= 0 }) {
      let flipped = exchanged(try c.x(1), sides: weight, group: group, flipsSpace: true)
      return [
        0: c.builder.emit(
          "Conv", [try c.dy, flipped],
          attributes: [
            AttributeProto("dilations", window.dilations), AttributeProto("group", group),
            AttributeProto("kernel_shape", kernel), AttributeProto("pads", before + after),
          ])
      ]
    }
    return [0: try spreadBack(c, window: window, weight: try c.x(1), group: group)]
  }

  /// ConvTranspose with output_padding, so that the result has the input's sides exactly.
  static func spreadBack(
    _ c: PullbackContext, window: WindowGeometry, weight: Term, group: Int
  ) throws(RuleRefusal) -> Term {
    let rank = window.rank
    var extra: [Int] = []
    var padsAfter = window.padsAfter
    for axis in 0..<rank {
      let reach =
        (window.output[axis] - 1) * window.strides[axis] + window.extent(axis)
        - window.padsBefore[axis]
      // What the windows cover beyond the input is cut; what they do not cover stays zero.
      padsAfter[axis] = max(0, reach - window.input[axis])
      extra.append(max(0, window.input[axis] - reach))
    }
    var before = window.padsBefore
    var cut = Array(repeating: 0, count: rank)
    for axis in 0..<rank where before[axis] < 0 {
      cut[axis] = -before[axis]
      before[axis] = 0
    }
    // The runtime wants output_padding below the stride or dilation; the rest is padded on.
    let allowed = (0..<rank).map { axis in
      min(extra[axis], max(window.strides[axis], window.dilations[axis]) - 1)
    }
    var dx = c.builder.emit(
      "ConvTranspose", [try c.dy, weight],
      attributes: [
        AttributeProto("dilations", window.dilations), AttributeProto("group", group),
        AttributeProto("kernel_shape", window.kernel), AttributeProto("output_padding", allowed),
        AttributeProto("pads", before + padsAfter), AttributeProto("strides", window.strides),
      ])
    for axis in 0..<rank {
      dx = dx.padded(
        axis + 2, rank: rank + 2, before: cut[axis], after: extra[axis] - allowed[axis])
    }
    return dx
  }

  /// A weight [M, C/g, k…] as [C, M/g, k…], reversed in space if asked.
  private static func exchanged(
    _ weight: Term, sides: [Int], group: Int, flipsSpace: Bool
  ) -> Term {
    let space = Array(sides[2...])
    var result = weight
    if group == 1 {
      result = result.transposed([1, 0] + space.indices.map { $0 + 2 })
    } else if sides[1] != 1 || sides[0] != group {
      let (outputs, inputs) = (sides[0] / group, sides[1])
      result = result.reshaped([group, outputs, inputs] + space)
        .transposed([0, 2, 1] + space.indices.map { $0 + 3 })
        .reshaped([group * inputs, outputs] + space)
    }
    guard flipsSpace else { return result }
    for (axis, side) in space.enumerated() where side > 1 {
      result = reversed(result, axis: axis + 2, side: side)
    }
    return result
  }

  /// The positions of an axis in reverse.
  static func reversed(_ term: Term, axis: Int, side: Int) -> Term {
    if term.builder.opset >= 10 {
      return term.sliced(axis, from: side - 1, to: -side - 1, step: -1)
    }
    let order = term.builder.integers((0..<side).reversed())
    return term.builder.emit("Gather", [term, order], attributes: [AttributeProto("axis", axis)])
  }

  private static func transposedConvolution(_ c: PullbackContext) throws(RuleRefusal) -> Term {
    guard !c.wants(1), !c.wants(2) else {
      throw RuleRefusal("its weight depends on the input")
    }
    guard let weight = try c.shape(1).fixedSides, weight.count > 2,
      let output = try c.outputShape().dropFirst(2).map({ $0 }).fixedSides
    else { throw RuleRefusal("the shape of its weight or output is not known") }
    guard (c.node.string("auto_pad") ?? "NOTSET") == "NOTSET",
      c.node.attribute("output_shape") == nil
    else { throw RuleRefusal("its padding is left to the runtime") }
    // The windows of the convolution that this is the pullback of, over the output.
    guard let window = WindowGeometry(c.node, input: output, kernel: Array(weight[2...])),
      case let input = try c.spatialSides(), input.count == window.rank
    else { throw RuleRefusal("its window does not fit its output") }
    var dy = try c.dy
    for axis in 0..<window.rank {
      // The end cut or padded so that exactly the input's windows fit.
      let reach = (input[axis] - 1) * window.strides[axis] + window.extent(axis)
      dy = dy.padded(
        axis + 2, rank: window.rank + 2, before: window.padsBefore[axis],
        after: reach - output[axis] - window.padsBefore[axis])
    }
    return c.builder.emit(
      "Conv", [dy, try c.x(1)],
      attributes: [
        AttributeProto("dilations", window.dilations),
        AttributeProto("group", c.node.int("group") ?? 1),
        AttributeProto("kernel_shape", window.kernel),
        AttributeProto("strides", window.strides),
      ])
  }
}
