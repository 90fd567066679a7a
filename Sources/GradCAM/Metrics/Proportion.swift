/// How many of a number of tries hit, with an interval for the rate.
public struct Proportion: Hashable, Sendable {
  /// Tries that hit.
  public var hits: Int
  /// All tries.
  public var tries: Int

  /// Makes a proportion; none of none unless given.
  public init(hits: Int = 0, tries: Int = 0) {
    self.hits = hits
    self.tries = tries
  }

  /// Counts one more try.
  public mutating func add(_ isHit: Bool) {
    hits += isHit ? 1 : 0
    tries += 1
  }

  /// Hits a try, 0 through 1; nil without tries.
  public var rate: Double? { tries == 0 ? nil : Double(hits) / Double(tries) }

  /// The 95 % interval of the rate; nil without tries.
  ///
  /// Wilson's score interval, which stays within 0 and 1 and is right for few tries: with
  /// z = 1.96, n tries and the rate p,
  ///
  ///     (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n)
  ///
  /// Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", 1927.
  public var interval: ClosedRange<Double>? {
    guard let rate else { return nil }
    let z = 1.959964, n = Double(tries)
    let center = rate + z * z / (2 * n)
    let spread = z * (rate * (1 - rate) / n + z * z / (4 * n * n)).squareRoot()
    let scale = 1 + z * z / n
    return max(0, (center - spread) / scale)...min(1, (center + spread) / scale)
  }
}
