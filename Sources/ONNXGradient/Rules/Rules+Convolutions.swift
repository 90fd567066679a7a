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
      c throws(RuleRefusal) in try transposedConvolution(c)
    },
  ]

  /// y_o = Σ_k w_k x_{s·o + d·k − p}, hence dx_i = Σ_k w_k dy_o over the o with s·o + d·k − p = i.
  ///
  /// With stride 1 that is o = i + p − d·k: a convolution with w reversed and pads d(k−1) − p,
  /// which ONNX Runtime runs faster than its ConvTranspose.
  static func convolution(_ c: PullbackContext) throws(RuleRefusal) -> [Int: Term] {
    let weightShape = try c.shape(1)
    guard let weight = weightShape.fixedSides, weight.count > 2 else {
      throw RuleRefusal("the shape of its weight is not known")
    }
    let group = c.node.int("group") ?? 1
    guard weight.allSatisfy({ $0 > 0 }), (1...weight[0]).contains(group),
      weight[0].isMultiple(of: group),
      let window = WindowGeometry(c.node, input: try c.spatialSides(), kernel: Array(weight[2...]))
    else { throw RuleRefusal("its window does not fit its input") }
    var dx: [Int: Term] = [:]
    if c.wants(0) { dx[0] = try inputGradient(c, window, weight: weight, group: group) }
    if c.wants(1) {
      dx[1] = weightGradient(
        of: try c.x(), by: try c.dy, channels: try c.side(1), window, weight: weight, group: group)
    }
    if c.wants(2) { dx[2] = try biasGradient(c) }
    return dx
  }

  /// dx, by one convolution or its transpose.
  private static func inputGradient(
    _ c: PullbackContext, _ window: WindowGeometry, weight: [Int], group: Int
  ) throws(RuleRefusal) -> Term {
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
      return c.builder.emit(
        "Conv", [try c.dy, flipped],
        attributes: [
          AttributeProto("dilations", window.dilations), AttributeProto("group", group),
          AttributeProto("kernel_shape", kernel), AttributeProto("pads", before + after),
        ])
    }
    return try spreadBack(c, window: window, weight: try c.x(1), group: group)
  }

  /// dw_k = Σ_o dy_o x_{s·o + d·k − p}: a convolution of x with dy in the place of the weight and
  /// stride and dilation exchanged, where images are the channels that are summed over.
  ///
  /// With groups, channels [g, C/g] stand as images C/g and channels [g, N].
  private static func weightGradient(
    of x: Term, by dy: Term, channels: Int, _ window: WindowGeometry, weight: [Int], group: Int
  ) -> Term {
    let space = Array(0..<window.rank)
    func exchanged(_ term: Term, perGroup: Int, imagesFirst: Bool) -> Term {
      let split = term.reshaped(
        [0, group, perGroup] + (imagesFirst ? window.output : window.input))
      return imagesFirst
        ? split.transposed([1, 2, 0] + space.map { $0 + 3 })
        : split.transposed([2, 1, 0] + space.map { $0 + 3 })
    }
    let images = exchanged(x, perGroup: channels / group, imagesFirst: false)
      .reshaped([channels / group, -1] + window.input)
    let kernels = exchanged(dy, perGroup: weight[0] / group, imagesFirst: true)
      .reshaped([weight[0], -1] + window.output)
    var dw = x.builder.emit(
      "Conv", [images, kernels],
      attributes: [
        AttributeProto("dilations", window.strides), AttributeProto("group", group),
        AttributeProto("kernel_shape", window.output),
        AttributeProto(
          "pads", window.padsBefore.map { max($0, 0) } + space.map { reach($0, window) }),
        AttributeProto("strides", window.dilations),
      ])
    for axis in space { dw = dw.sliced(axis + 2, from: 0, to: window.kernel[axis]) }
    return dw.transposed([1, 0] + space.map { $0 + 2 })
  }

  /// The padding after an axis with which its windows reach as far as the kernel does.
  private static func reach(_ axis: Int, _ window: WindowGeometry) -> Int {
    let needed = (window.output[axis] - 1) * window.strides[axis] + window.extent(axis)
    return max(0, needed - window.input[axis] - window.padsBefore[axis])
  }

  /// The sum over images and positions.
  private static func biasGradient(_ c: PullbackContext) throws(RuleRefusal) -> Term {
    let axes = [0] + (0..<(try c.spatialRank())).map { $0 + 2 }
    return try c.dy.sum(axes, keepsAxes: false)
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

  private static func transposedConvolution(_ c: PullbackContext) throws(RuleRefusal) -> [Int: Term]
  {
    guard let weight = try c.shape(1).fixedSides, weight.count > 2,
      let output = try c.outputShape().dropFirst(2).map({ $0 }).fixedSides
    else { throw RuleRefusal("the shape of its weight or output is not known") }
    let input = try c.spatialSides()
    // The windows of the convolution that this is the pullback of, over the output.
    guard let window = TransposedWindow(c.node, input: input, kernel: Array(weight[2...])),
      window.output == output
    else { throw RuleRefusal("its window does not fit its output") }
    let group = c.node.int("group") ?? 1
    guard group > 0, weight[0].isMultiple(of: group) else {
      throw RuleRefusal("its groups do not come out")
    }
    let rank = input.count
    var dy = try c.dy
    for axis in 0..<rank {
      // The end cut or padded so that exactly the input's windows fit.
      let reach = (input[axis] - 1) * window.strides[axis] + window.extent(axis)
      dy = dy.padded(
        axis + 2, rank: rank + 2, before: window.padsBefore[axis],
        after: reach - output[axis] - window.padsBefore[axis])
    }
    var dx: [Int: Term] = [:]
    if c.wants(0) {
      dx[0] = c.builder.emit(
        "Conv", [dy, try c.x(1)],
        attributes: [
          AttributeProto("dilations", window.dilations), AttributeProto("group", group),
          AttributeProto("kernel_shape", window.kernel),
          AttributeProto("strides", window.strides),
        ])
    }
    if c.wants(1) {
      guard let swapped = window.convolution else {
        throw RuleRefusal("its window does not fit its output")
      }
      dx[1] = weightGradient(
        of: dy, by: try c.x(), channels: group * weight[1], swapped, weight: weight, group: group)
    }
    if c.wants(2) { dx[2] = try biasGradient(c) }
    return dx
  }
}
