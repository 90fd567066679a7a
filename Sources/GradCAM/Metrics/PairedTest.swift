/// Whether two methods differ on the same photos: a paired permutation test of the mean difference.
///
/// If the methods did not differ, each photo's difference could as well have the other sign.  The
/// p-value is the share of all 2ⁿ choices of signs whose mean is at least as far from zero as the
/// one found; of more than 12 differences that are not zero, of 10 000 choices drawn from a seed
/// together with the one found.  Differences are put in order first, so that the order of photos
/// makes no difference.
///
/// Good, "Permutation, Parametric and Bootstrap Tests of Hypotheses", 2005, section 3.2;
/// Phipson and Smyth, "Permutation P-values Should Never Be Zero", 2010, equation 2.
public struct PairedTest: Hashable, Sendable {
  /// How many pairs there are.
  public let count: Int
  /// The mean of the first less the second.
  public let difference: Double
  /// The 95 % interval of that mean; see ``BootstrapInterval``.
  public let interval: ClosedRange<Double>
  /// How likely a difference as large is if the methods do not differ, on both sides.
  public let pValue: Double

  /// How many choices of signs are drawn where there are too many to try all.
  public static let permutations = 10_000

  /// Compares the values of two methods; nil without pairs.
  ///
  /// - Precondition: both have a value for each photo, in the same order.
  public init?(_ first: [Double], _ second: [Double], seed: UInt32 = 0) {
    precondition(first.count == second.count, "both methods have a value for each photo")
    let differences = zip(first, second).map { $0 - $1 }.sorted()
    guard let found = BootstrapInterval(meanOf: differences, seed: seed) else { return nil }
    (count, difference, interval) = (found.count, found.mean, found.interval)
    pValue = Self.pValue(differences.filter { $0 != 0 }, seed: seed)
  }

  private static func pValue(_ differences: [Double], seed: UInt32) -> Double {
    let sizes = differences.map { abs($0) }
    // What rounding makes of sums that are alike must not tell them apart.
    let least = abs(differences.reduce(0, +)) - 1e-12 * sizes.reduce(0, +)
    guard !sizes.isEmpty else { return 1 }
    if sizes.count <= 12 {
      let choices = 1 << sizes.count
      let extreme = (0..<choices).count { choice in
        abs(sizes.indices.reduce(0.0) { $0 + (choice >> $1 & 1 == 0 ? sizes[$1] : -sizes[$1]) })
          >= least
      }
      return Double(extreme) / Double(choices)
    }
    var draws = SeededDraws(seed: seed)
    var extreme = 1
    for _ in 0..<permutations {
      var (sum, signs, left) = (0.0, UInt32(0), 0)
      for size in sizes {
        if left == 0 { (signs, left) = (draws.bits(), 32) }
        sum += signs & 1 == 0 ? size : -size
        (signs, left) = (signs >> 1, left - 1)
      }
      if abs(sum) >= least { extreme += 1 }
    }
    return Double(extreme) / Double(permutations + 1)
  }
}

extension PairedTest {
  /// p-values of several comparisons, made larger so that one of them falling below a level by
  /// chance is as unlikely as for one comparison alone.
  ///
  ///     p̃_(i) = max_{j ≤ i} min(1, (m − j + 1) p_(j))        p in ascending order, j from 1
  ///
  /// Holm, "A Simple Sequentially Rejective Multiple Test Procedure", 1979.
  public static func adjusted(_ pValues: [Double]) -> [Double] {
    var adjusted = pValues
    var largest = 0.0
    let order = pValues.indices.sorted { (pValues[$0], $0) < (pValues[$1], $1) }
    for (place, index) in order.enumerated() {
      largest = max(largest, min(1, Double(pValues.count - place) * pValues[index]))
      adjusted[index] = largest
    }
    return adjusted
  }
}
