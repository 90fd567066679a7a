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

  /// The entropy of the magnitudes' shares, in nats; nil where all values are zero.
  ///
  ///     −Σ p_i ln p_i = ln S − Σ |x_i| ln |x_i| / S        S = Σ |x_i|, p_i = |x_i| / S
  static func entropy(_ values: [Float]) -> Double? {
    var (sum, weighted) = (0.0, 0.0)
    for value in values where value != 0 {
      let size = Double(abs(value))
      sum += size
      weighted += size * logarithm(size)
    }
    return sum > 0 ? max(0, logarithm(sum) - weighted / sum) : nil
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

  /// Pearson's correlation, from −1 through 1; nil where one of the two does not vary.
  ///
  /// - Parameter least: values whose distance from their mean is no longer count as even.
  static func correlation(
    _ a: [Double], _ b: [Double], longerThan least: Double = 0
  ) -> Double? {
    cosine(centred(a), centred(b), longerThan: least).map { min(max($0, -1), 1) }
  }

  /// The rank of each value, from 1; of those alike the mean of their ranks.
  static func ranks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      for place in start..<end { ranks[order[place]] = Double(start + end + 1) / 2 }
      start = end
    }
    return ranks
  }

  /// Σ a b / √(Σ a² Σ b²); nil where one is no longer than `least`.
  static func cosine(_ a: [Double], _ b: [Double], longerThan least: Double) -> Double? {
    guard a.count == b.count else { return nil }
    let squares = [a, b].map { values in values.reduce(0) { $0 + $1 * $1 } }
    guard squares.allSatisfy({ $0.squareRoot() > least }) else { return nil }
    return zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } / (squares[0] * squares[1]).squareRoot()
  }

  /// The values less their mean.
  static func centred(_ values: [Double]) -> [Double] {
    let mean = values.reduce(0, +) / Double(max(values.count, 1))
    return values.map { $0 - mean }
  }
}
