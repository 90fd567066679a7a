import ONNXFormat
import ONNXGraph

// MARK: - Changes of a layer's feature maps

extension Change {
  /// One channel at a time set to a number: `channels` [B] says which.
  ///
  /// - Parameter toZero: whether the number is 0; else `values` [B] says what it is.
  static func ablatedChannel(_ labels: PlaceLabels, batchAxis: Int, toZero: Bool) -> Change {
    Change(name: "ablated \(toZero)") { writer in
      var sides = [Int](repeating: 1, count: labels.shape.count)
      sides[batchAxis] = writer.batch
      let numbers = writer.builder.integers(labels.values, shape: labels.shape)
      let isAblated = numbers.equals(writer.perChange("channels", .int64).reshaped(sides))
      let kept = writer.original * isAblated.negated.cast(to: .float)
      guard !toZero else { return kept }
      return kept + writer.perChange("values").reshaped(sides) * isAblated.cast(to: .float)
    }
  }

  /// Only the surroundings of one place kept, weighted by [1 2 1] / 4 along each side: `slices`,
  /// `rows` and `columns` [B] say where.  Tokens beside the grid stay as they are.
  static func keptPlace(_ labels: PlaceLabels, of map: FeatureMap) -> Change {
    Change(name: "kept place") { writer in
      let builder = writer.builder
      let sides = Array(map.shape.dropFirst())
      var mask: Term?
      for (axis, name) in axisNames.suffix(sides.count).enumerated() {
        let side = sides[axis]
        let table = builder.constant(Self.surroundings(side), shape: [side, side])
        var shape = [Int](repeating: 1, count: sides.count)
        shape[axis] = side
        let part = writer.rows(of: table, name).reshaped([writer.batch] + shape)
        mask = mask.map { $0 * part } ?? part
      }
      guard var mask = mask?.reshaped([writer.batch, map.placeCount]) else {
        return writer.original
      }
      if labels.values.contains(-1) {
        let ones = builder.constant(
          Array(repeating: 1, count: writer.batch), shape: [writer.batch, 1])
        mask = builder.concatenated([mask, ones], axis: 1)
      }
      // [B, …] in the value's order, the batch still first.
      let sidesOfOne = labels.shape.enumerated().filter { $0.offset != map.batchAxis }
        .map(\.element)
      let numbers = labels.values.map { $0 < 0 ? map.placeCount : $0 }
      let spread = builder.emit(
        "Gather", [mask, builder.integers(numbers, shape: sidesOfOne)],
        attributes: [AttributeProto("axis", 1)])
      var order = Array(1...max(sidesOfOne.count, 1))
      order.insert(0, at: map.batchAxis)
      return writer.original * spread.transposed(order)
    }
  }

  /// What the inputs for places along slices, rows and columns are called.
  static let axisNames = ["slices", "rows", "columns"]

  /// How much each place along a side counts around another: [1 2 1] / 4, cut at the border.
  static func surroundings(_ side: Int) -> [Float] {
    var values = [Float](repeating: 0, count: side * side)
    for center in 0..<side {
      for (offset, share) in [(-1, Float(0.25)), (0, 0.5), (1, 0.25)]
      where (0..<side).contains(center + offset) {
        values[center * side + center + offset] = share
      }
    }
    return values
  }
}
