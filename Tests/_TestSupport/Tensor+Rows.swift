package import ONNXSession

extension Tensor {
  /// Rows of the first axis, as a float32 tensor of its own.
  package func rows(_ range: Range<Int>) -> Tensor {
    let size = shape.dropFirst().reduce(1, *)
    let part = floats[range.lowerBound * size..<range.upperBound * size]
    return Tensor(shape: [range.count] + shape.dropFirst(), floats: Array(part))
  }

  /// The first rows of the first axis.
  package func prefix(_ count: Int) -> Tensor { rows(0..<count) }

  /// Rows of zeros with a single one each, at those places.
  package static func oneHot(_ places: [Int], count: Int) -> Tensor {
    var values = Array(repeating: Float(0), count: places.count * count)
    for (row, place) in places.enumerated() { values[row * count + place] = 1 }
    return Tensor(shape: [places.count, count], floats: values)
  }

  /// The elements as stored.
  package var bytes: [UInt8] { withUnsafeBytes { Array($0) } }
}
