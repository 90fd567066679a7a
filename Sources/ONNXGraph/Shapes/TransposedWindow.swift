package import ONNXFormat

/// How a transposed convolution's window moves over its output, axis by axis.
package struct TransposedWindow: Hashable, Sendable {
  /// Sides of the input's spatial axes.
  package let input: [Int]
  /// Sides of the window.
  package let kernel: [Int]
  package let strides: [Int]
  package let dilations: [Int]
  /// What is cut before each axis; negative where the output begins before the first window.
  package let padsBefore: [Int]
  /// Sides of the output's spatial axes.
  package let output: [Int]

  /// Reads the geometry off a node's attributes: pads, or an output shape that pads follow from.
  ///
  /// Returns nil where the attributes contradict the sides or leave no output.
  package init?(_ node: NodeProto, input: [Int], kernel: [Int]) {
    let rank = input.count
    let ones = Array(repeating: 1, count: rank)
    let zeros = Array(repeating: 0, count: rank)
    let strides = node.ints("strides") ?? ones
    let dilations = node.ints("dilations") ?? ones
    let extra = node.ints("output_padding") ?? zeros
    let pads = node.ints("pads") ?? zeros + zeros
    let mode = node.string("auto_pad") ?? "NOTSET"
    let sane = { (values: [Int], lowest: Int) in
      values.allSatisfy { $0 >= lowest && $0 < 1 << 24 }
    }
    guard rank > 0, kernel.count == rank, strides.count == rank, dilations.count == rank,
      extra.count == rank, pads.count == 2 * rank, sane(input, 1), sane(kernel, 1),
      sane(strides, 1), sane(dilations, 1), sane(extra, 0), sane(pads, -(1 << 24))
    else { return nil }
    let isSame = mode == "SAME_UPPER" || mode == "SAME_LOWER"
    // A shape may be stated with batch and channels before it.
    var stated = node.ints("output_shape").map { Array($0.suffix(rank)) }
    if stated == nil, isSame { stated = zip(input, strides).map(*) }
    guard stated.map({ $0.count == rank && sane($0, 1) }) ?? true else { return nil }
    var before: [Int] = []
    var output: [Int] = []
    for axis in 0..<rank {
      let reach =
        strides[axis] * (input[axis] - 1) + extra[axis] + (kernel[axis] - 1) * dilations[axis] + 1
      if let stated {
        let total = max(0, reach - stated[axis])
        before.append(mode == "SAME_UPPER" ? total / 2 : total - total / 2)
        output.append(stated[axis])
      } else {
        let isPadded = mode == "NOTSET"
        before.append(isPadded ? pads[axis] : 0)
        output.append(isPadded ? reach - pads[axis] - pads[axis + rank] : reach)
      }
    }
    guard output.allSatisfy({ $0 > 0 }) else { return nil }
    (self.input, self.kernel, self.strides, self.dilations) = (input, kernel, strides, dilations)
    (padsBefore, self.output) = (before, output)
  }

  /// The positions a window spans on one axis, first to last.
  package func extent(_ axis: Int) -> Int { (kernel[axis] - 1) * dilations[axis] + 1 }

  /// The convolution that goes back over all that the windows reach, without padding.
  package var convolution: WindowGeometry? {
    let reach = input.indices.map { (input[$0] - 1) * strides[$0] + extent($0) }
    let node = NodeProto(
      "Conv", [], [],
      attributes: [AttributeProto("strides", strides), AttributeProto("dilations", dilations)])
    return WindowGeometry(node, input: reach, kernel: kernel)
  }
}
