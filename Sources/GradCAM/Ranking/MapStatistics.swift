/// Numbers that say what a map is like.
enum MapStatistics {
  /// The Gini coefficient of values that are not negative; 0 where there are none.
  ///
  ///     G = Σ_i (2 i − n − 1) x_i / (n Σ_i x_i)        x in ascending order, i from 1
  static func gini(_ values: [Float]) -> Float {
    let sorted = values.sorted()
    let count = Double(sorted.count)
    var sum = 0.0, weighted = 0.0
    for (index, value) in sorted.enumerated() {
      sum += Double(value)
      weighted += (2 * Double(index + 1) - count - 1) * Double(value)
    }
    return sum > 0 ? Float(weighted / (count * sum)) : 0
  }

  /// The share of values above zero.
  static func positiveShare(_ values: [Float]) -> Float {
    values.isEmpty ? 0 : Float(values.count { $0 > 0 }) / Float(values.count)
  }

  /// How far the values spread: (max − min) / max |value|; 0 where all are zero.
  static func spread(_ values: [Float]) -> Float {
    guard let low = values.min(), let high = values.max() else { return 0 }
    let largest = max(abs(low), abs(high))
    return largest > 0 ? (high - low) / largest : 0
  }

  /// Pearson's correlation; nil where one of the two does not vary.
  static func correlation(_ a: [Float], _ b: [Float]) -> Float? {
    guard a.count == b.count, !a.isEmpty else { return nil }
    let count = Double(a.count)
    let meanA = a.reduce(0) { $0 + Double($1) } / count
    let meanB = b.reduce(0) { $0 + Double($1) } / count
    var ab = 0.0, aa = 0.0, bb = 0.0
    for (x, y) in zip(a, b) {
      let (dx, dy) = (Double(x) - meanA, Double(y) - meanB)
      ab += dx * dy
      aa += dx * dx
      bb += dy * dy
    }
    guard aa > 0, bb > 0 else { return nil }
    return Float(min(max(ab / (aa * bb).squareRoot(), -1), 1))
  }
}
