/// How an engine's outputs agree with ONNX Runtime's in float32.
package struct Agreement: Hashable, Sendable {
  /// The output that agrees least.
  package let output: String

  /// Pearson's correlation of the two, 1 where they are the same.
  package let correlation: Double

  /// How much two tensors of floats agree: by Pearson's correlation, but where there are few
  /// values, or all are alike, 1 less the largest difference as a share of the largest value.
  ///
  /// 0 for other shapes, and where only the other is finite.
  static func correlation(of tensor: Tensor, with other: Tensor) -> Double {
    let (values, others) = (tensor.floats, other.floats)
    guard tensor.shape == other.shape, values.count == others.count else { return 0 }
    guard others.allSatisfy(\.isFinite) else { return 1 }
    guard values.allSatisfy(\.isFinite) else { return 0 }
    let largest = others.reduce(0) { max($0, abs($1)) }
    let difference = zip(values, others).reduce(0) { max($0, abs($1.0 - $1.1)) }
    guard difference > 1e-6 * largest + Float.leastNormalMagnitude else { return 1 }
    let share = largest > 0 ? max(0, 1 - Double(difference / largest)) : 0
    guard values.count >= 8 else { return share }
    let count = Double(values.count)
    let means = (
      values.reduce(0) { $0 + Double($1) } / count, others.reduce(0) { $0 + Double($1) } / count
    )
    var (products, squares, otherSquares) = (0.0, 0.0, 0.0)
    for (value, other) in zip(values, others) {
      let (a, b) = (Double(value) - means.0, Double(other) - means.1)
      products += a * b
      squares += a * a
      otherSquares += b * b
    }
    guard otherSquares / count > 1e-8 * means.1 * means.1, squares > 0 else { return share }
    return products / (squares * otherSquares).squareRoot()
  }
}
