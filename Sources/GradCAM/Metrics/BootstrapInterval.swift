/// The 95 % interval of a mean over photos, by drawing photos again and again.
///
/// The percentile bootstrap: n values are drawn with replacement from the n there are, 2000 times;
/// the interval holds all but 2.5 % of the means at either end.  Values are put in order first, so
/// that the order of photos makes no difference; the draws start from a seed.
///
/// Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13.
public struct BootstrapInterval: Hashable, Sendable {
  /// How many values there are.
  public let count: Int
  /// Their mean.
  public let mean: Double
  /// The interval of the mean; as wide as nothing where there is one value, or all are alike.
  public let interval: ClosedRange<Double>

  /// How often values are drawn.
  public static let resamples = 2000

  /// Finds the interval of the mean of values; nil where there are none.
  public init?(meanOf values: [Double], seed: UInt32 = 0) {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    count = values.count
    mean = Self.mean(sorted)
    var draws = SeededDraws(seed: seed)
    var means: [Double] = []
    means.reserveCapacity(Self.resamples)
    for _ in 0..<Self.resamples {
      var sum = 0.0
      for _ in sorted.indices { sum += sorted[draws.place(below: sorted.count)] }
      means.append(sum / Double(sorted.count))
    }
    means.sort()
    interval = Self.quantile(0.025, of: means)...Self.quantile(0.975, of: means)
  }

  private static func mean(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(values.count)
  }

  /// The value below which so large a share of sorted values lies, straight between the two next
  /// to it.
  private static func quantile(_ share: Double, of sorted: [Double]) -> Double {
    let place = share * Double(sorted.count - 1)
    let low = Int(place)
    let high = min(low + 1, sorted.count - 1)
    return sorted[low] + (sorted[high] - sorted[low]) * (place - Double(low))
  }
}

extension SeededDraws {
  /// An even draw of 0 ..< count.
  mutating func place(below count: Int) -> Int {
    min(Int(uniform() * Double(count)), count - 1)
  }
}
