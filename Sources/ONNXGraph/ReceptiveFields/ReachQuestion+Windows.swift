import ONNXFormat

// Operators that read a window of positions, or other positions than their own.

extension ReachQuestion {
  /// What the first input's positions see along the direction of an axis, one position of the
  /// axis after the other.
  ///
  /// Where the axis counts in larger steps, what lies between stands among the channels.
  private func reach(_ axis: Int, rank: Int) -> (Arrangement.Direction, Reach)? {
    guard let direction = direction(axis, rank: rank), let reach = inputs.first?[direction] else {
      return nil
    }
    let stride = axes(0)?[axis].places.first { $0.direction == direction }?.stride ?? 1
    guard stride > 1 else { return (direction, reach) }
    let step = Double(stride)
    return (direction, reach.reading(from: 0, through: step - 1, stride: step))
  }

  /// Convolutions and poolings; a pooling over all places leaves none.
  var windowed: Reaches {
    var result = inputs.first ?? [:]
    guard let sides = sides(of: node.input(at: 0)), sides.count > 2 else { return result }
    let spatial = sides[2...].compactMap(\.self)
    let weight = self.sides(of: node.input(at: 1))?.dropFirst(2).compactMap(\.self)
    let kernel = node.ints("kernel_shape") ?? weight ?? []
    guard let window = WindowGeometry(node, input: spatial, kernel: kernel) else { return result }
    let isPooling = node.opType.hasSuffix("Pool")
    for axis in 0..<window.rank {
      guard let (direction, reach) = reach(axis + 2, rank: sides.count) else { continue }
      if isPooling, window.output[axis] == 1, window.input[axis] > 1 {
        result[direction] = nil
      } else {
        let first = Double(-window.padsBefore[axis])
        result[direction] = reach.reading(
          from: first, through: first + Double(window.extent(axis) - 1),
          stride: Double(window.strides[axis]))
      }
    }
    return result
  }

  /// Output o of a transposed convolution reads the inputs (o + pad − dilation · t) / stride.
  var transposed: Reaches {
    var result = inputs.first ?? [:]
    guard let sides = sides(of: node.input(at: 0)), sides.count > 2,
      let weight = self.sides(of: node.input(at: 1)),
      let window = TransposedWindow(
        node, input: sides[2...].compactMap(\.self), kernel: weight.dropFirst(2).compactMap(\.self))
    else { return result }
    for axis in window.input.indices {
      guard let (direction, reach) = reach(axis + 2, rank: sides.count) else { continue }
      let stride = Double(window.strides[axis])
      let pad = Double(window.padsBefore[axis])
      result[direction] = reach.reading(
        from: (pad - Double(window.extent(axis) - 1)) / stride, through: pad / stride,
        stride: 1 / stride)
    }
    return result
  }

  /// Output o of a change of resolution by f reads around (o + ½) / f − ½: one position at most on
  /// either side where it is linear, half a one where it is the nearest, two where it is cubic.
  var resized: Reaches {
    var result = inputs.first ?? [:]
    guard let old = sides(of: node.input(at: 0)), let new = sides(of: node.output(at: 0)),
      old.count == new.count
    else { return result }
    let mode = node.string("mode") ?? "nearest"
    let around = mode == "nearest" ? 0.5 : mode == "cubic" ? 2 : 1
    for axis in old.indices where axis > 0 {
      guard let from = old[axis], let to = new[axis], from != to, to > 0,
        let (direction, reach) = reach(axis, rank: old.count)
      else { continue }
      if from == 1 {
        result[direction] = nil
        continue
      }
      let stride = Double(from) / Double(to)
      let middle = (stride - 1) / 2
      result[direction] = reach.reading(
        from: middle - around, through: middle + around, stride: stride)
    }
    return result
  }

  /// Positions from a start in steps.
  var sliced: Reaches {
    var result = inputs.first ?? [:]
    guard let name = node.input(at: 0), let shape = graph.shape(of: name),
      let ranges = SliceRange.ranges(
        node, of: shape, opset: graph.opset,
        integers: { place in node.input(at: place).flatMap { graph.facts[$0]?.integers } })
    else { return result }
    for (axis, range) in ranges {
      guard let range, let (direction, reach) = told(axis) else { continue }
      let start = Double(range.start)
      result[direction] = reach.reading(from: start, through: start, stride: Double(range.step))
    }
    return result
  }

  /// Positions put before the first.
  var padded: Reaches {
    var result = inputs.first ?? [:]
    let stored = node.input(at: 1).flatMap { graph.facts[$0]?.integers?.map(\.value) }
    let pads = node.ints("pads") ?? stored?.compactMap(\.self) ?? []
    guard let rank = sides(of: node.input(at: 0))?.count, pads.count == 2 * rank,
      node.input(at: 3) == nil
    else { return result }
    for axis in 0..<rank {
      guard pads[axis].magnitude < 1 << 24, let (direction, reach) = told(axis) else { continue }
      let first = Double(-pads[axis])
      result[direction] = reach.reading(from: first, through: first, stride: 1)
    }
    return result
  }

  /// What is joined along a direction is seen as its largest part: so a picture that is rolled,
  /// cut in two and put together the other way round, is only moved.
  var joined: Reaches {
    guard let rank = sides(of: node.output(at: 0))?.count,
      let axis = Axes.place(node.int("axis") ?? 1, in: rank),
      let direction = graph.facts[node.output(at: 0) ?? ""]?.arrangement?.axes[axis].direction
    else { return union }
    let parts = node.input.map { sides(of: $0)?[axis] ?? 0 }
    guard let largest = parts.indices.max(by: { parts[$0] < parts[$1] }),
      inputs.indices.contains(largest), let own = inputs[largest][direction]
    else { return union }
    let offset = Double(-parts[..<largest].reduce(0, +))
    var result = union
    result[direction] = own.reading(from: offset, through: offset, stride: 1)
    return result
  }

  /// The direction that an axis of the first input is known to be, and what its positions see.
  private func told(_ axis: Int) -> (Arrangement.Direction, Reach)? {
    guard let axes = axes(0), axes.indices.contains(axis), let direction = axes[axis].direction,
      let reach = inputs.first?[direction]
    else { return nil }
    return (direction, reach)
  }
}
