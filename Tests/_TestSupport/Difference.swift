package import ONNXSession

/// How far two arrays are apart: the worst element, relative to the largest expected one.
package struct Difference: CustomStringConvertible {
  /// The largest deviation over the largest magnitude expected; infinite where one is not a number.
  package let relative: Float
  package let description: String

  private init(relative: Float, description: String) {
    self.relative = relative
    self.description = description
  }

  /// Compares what was found with what is expected.
  package init(_ found: [Float], _ expected: [Float]) {
    guard found.count == expected.count, !expected.isEmpty else {
      self.init(
        relative: found.count == expected.count ? 0 : .infinity,
        description: "\(found.count) elements instead of \(expected.count)")
      return
    }
    let scale = Swift.max(expected.reduce(0) { Swift.max($0, abs($1)) }, .leastNormalMagnitude)
    var worst = (place: 0, error: Float(0))
    for (place, (a, b)) in zip(found, expected).enumerated() {
      let error = a == b ? 0 : (a - b).isNaN ? .infinity : abs(a - b)
      if error > worst.error { worst = (place, error) }
    }
    self.init(
      relative: worst.error / scale,
      description: "\(worst.error / scale) of the largest; element \(worst.place) is "
        + "\(found[worst.place]) instead of \(expected[worst.place])")
  }

  /// Compares two tensors, the shapes too.
  package init(_ found: Tensor, _ expected: Tensor) {
    guard found.shape == expected.shape else {
      self.init(
        relative: .infinity, description: "shape \(found.shape) instead of \(expected.shape)")
      return
    }
    self.init(found.floats, expected.floats)
  }
}
