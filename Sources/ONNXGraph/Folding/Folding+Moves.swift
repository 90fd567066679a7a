import ONNXFormat

extension Folding {
  /// Operators that move elements: for each place of the output the place it comes from, −1 where
  /// zero is put.
  static let moves: [String: @Sendable (FoldQuestion) -> [Int]?] = [
    "Identity": { Array(0..<Places($0.output).count) },
    "Reshape": { Array(0..<Places($0.output).count) },
    "Flatten": { Array(0..<Places($0.output).count) },
    "Squeeze": { Array(0..<Places($0.output).count) },
    "Unsqueeze": { Array(0..<Places($0.output).count) },
    "Expand": { question in
      question.shape(0).map { Places(question.output).broadcast(from: $0) }
    },
    "Tile": { question in
      guard let shape = question.shape(0), shape.count == question.output.count else { return nil }
      return Places(question.output).map(from: shape) { position in
        position.indices.map { shape[$0] == 0 ? 0 : position[$0] % shape[$0] }
      }
    },
    "Transpose": { question in
      guard let shape = question.shape(0),
        case let order = question.node.ints("perm") ?? Array(shape.indices.reversed()),
        order.sorted() == Array(shape.indices)
      else { return nil }
      return Places(question.output).map(from: shape) { position in
        var source = position
        for (axis, old) in order.enumerated() { source[old] = position[axis] }
        return source
      }
    },
    "Slice": sliced,
    "Split": { question in
      guard let shape = question.shape(0), question.axis(0, rank: shape.count) != nil else {
        return nil
      }
      return Places(question.output).map(from: shape) { $0 }
    },
    "Gather": gathered,
    "GatherElements": { question in
      guard let shape = question.shape(0), let indices = question.integers(1),
        let axis = question.axis(0, rank: shape.count), shape.count == question.output.count,
        indices.count == Places(question.output).count
      else { return nil }
      let places = Places(question.output)
      return places.map(from: shape) { position in
        var source = position
        guard let index = Axes.place(indices[places.place(position)], in: shape[axis]) else {
          return nil
        }
        source[axis] = index
        return source
      }
    },
    "GatherND": { question in
      guard let shape = question.shape(0), let indices = question.integers(1),
        let depth = question.shape(1)?.last, question.node.int("batch_dims") ?? 0 == 0,
        depth <= shape.count, let leading = question.shape(1)?.dropLast()
      else { return nil }
      let rows = Places(Array(leading))
      return Places(question.output).map(from: shape) { position in
        let start = rows.place(Array(position.prefix(leading.count))) * depth
        let named = (0..<depth).compactMap { Axes.place(indices[start + $0], in: shape[$0]) }
        return named.count == depth ? named + position.dropFirst(leading.count) : nil
      }
    },
    "Pad": padded,
    "Trilu": { question in
      let offset = question.integers(1)?.first ?? 0
      let isUpper = question.node.int("upper") != 0
      let rank = question.output.count
      guard rank > 1, abs(offset) <= ValueFacts.contentLimit else { return nil }
      return Places(question.output).map(from: question.output) { position in
        let distance = position[rank - 1] - position[rank - 2]
        return (isUpper ? distance >= offset : distance <= offset) ? position : nil
      }
    },
  ]

  private static func sliced(_ question: FoldQuestion) -> [Int]? {
    guard let shape = question.shape(0),
      let ranges = SliceRange.ranges(
        question.node, of: shape.map(Dimension.fixed), opset: question.opset,
        integers: { question.integers($0)?.map(Dimension.fixed) })
    else { return nil }
    return Places(question.output).map(from: shape) { position in
      var source = position
      for (axis, range) in ranges {
        guard let range else { return nil }
        source[axis] = range.start + position[axis] * range.step
      }
      return source
    }
  }

  private static func gathered(_ question: FoldQuestion) -> [Int]? {
    guard let shape = question.shape(0), let indices = question.integers(1),
      let sides = question.shape(1), let axis = question.axis(0, rank: shape.count),
      case let places = Places(sides), indices.count == places.count,
      question.output.count == shape.count - 1 + sides.count
    else { return nil }
    return Places(question.output).map(from: shape) { position in
      let named = Array(position[axis..<(axis + sides.count)])
      guard let index = Axes.place(indices[places.place(named)], in: shape[axis]) else {
        return nil
      }
      return position[..<axis] + [index] + position[(axis + sides.count)...]
    }
  }

  private static func padded(_ question: FoldQuestion) -> [Int]? {
    guard let shape = question.shape(0), question.node.string("mode") ?? "constant" == "constant",
      question.node.input(at: 2) == nil || question.numbers[2]?.asFloats == [0],
      let pads = question.integers("pads", orInput: 1), question.node.input(at: 3) == nil,
      pads.count == 2 * shape.count,
      pads.allSatisfy({ abs($0) <= ValueFacts.contentLimit })
    else { return nil }
    return Places(question.output).map(from: shape) { position in
      let source = position.indices.map { position[$0] - pads[$0] }
      return zip(source, shape).allSatisfy { $0 >= 0 && $0 < $1 } ? source : nil
    }
  }
}
