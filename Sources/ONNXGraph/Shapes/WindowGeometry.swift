package import ONNXFormat

/// How a convolution's or pooling's window moves over its input, axis by axis.
package struct WindowGeometry: Hashable, Sendable {
  /// Sides of the input's spatial axes.
  package let input: [Int]
  /// Sides of the window.
  package let kernel: [Int]
  package let strides: [Int]
  package let dilations: [Int]
  /// Padding before and after each axis, `auto_pad` already resolved.
  package let padsBefore: [Int]
  package let padsAfter: [Int]
  /// Sides of the output's spatial axes.
  package let output: [Int]
  /// Axes on which rounding up would add a window that starts in the padding after the input;
  /// it is left out, though operator sets before 22 count it when they infer shapes.
  package let leavesOut: [Bool]

  /// Reads the geometry off a node's attributes.
  ///
  /// Returns nil where the attributes contradict the sides or leave no window.
  package init?(_ node: NodeProto, input: [Int], kernel: [Int]) {
    let rank = input.count
    let strides = node.ints("strides") ?? Array(repeating: 1, count: rank)
    let dilations = node.ints("dilations") ?? Array(repeating: 1, count: rank)
    let pads = node.ints("pads") ?? Array(repeating: 0, count: 2 * rank)
    let sane = { (values: [Int], lowest: Int) in
      values.allSatisfy { $0 >= lowest && $0 < 1 << 24 }
    }
    guard rank > 0, kernel.count == rank, strides.count == rank, dilations.count == rank,
      pads.count == 2 * rank, sane(input, 1), sane(kernel, 1), sane(strides, 1),
      sane(dilations, 1), sane(pads, -(1 << 24))
    else { return nil }
    var before = Array(pads[..<rank])
    var after = Array(pads[rank...])
    let mode = node.string("auto_pad") ?? "NOTSET"
    let extents = zip(kernel, dilations).map { ($0 - 1) * $1 + 1 }
    if mode == "SAME_UPPER" || mode == "SAME_LOWER" {
      for axis in 0..<rank {
        let windows = (input[axis] + strides[axis] - 1) / strides[axis]
        let total = max(0, (windows - 1) * strides[axis] + extents[axis] - input[axis])
        let small = total / 2
        before[axis] = mode == "SAME_UPPER" ? small : total - small
        after[axis] = total - before[axis]
      }
    } else if mode == "VALID" {
      before = Array(repeating: 0, count: rank)
      after = before
    }
    let roundsUp = node.int("ceil_mode") == 1
    var output: [Int] = []
    var leavesOut: [Bool] = []
    for axis in 0..<rank {
      let room = input[axis] + before[axis] + after[axis] - extents[axis]
      guard room >= 0 else { return nil }
      let windows = room / strides[axis] + 1
      let isUneven = roundsUp && !room.isMultiple(of: strides[axis])
      let startsInside = windows * strides[axis] < input[axis] + before[axis]
      output.append(isUneven && startsInside ? windows + 1 : windows)
      leavesOut.append(isUneven && !startsInside)
    }
    (self.input, self.kernel, self.strides, self.dilations) = (input, kernel, strides, dilations)
    (padsBefore, padsAfter, self.output, self.leavesOut) = (before, after, output, leavesOut)
  }

  /// Number of spatial axes.
  package var rank: Int { input.count }

  /// The input positions a window spans on one axis, first to last.
  package func extent(_ axis: Int) -> Int { (kernel[axis] - 1) * dilations[axis] + 1 }
}
