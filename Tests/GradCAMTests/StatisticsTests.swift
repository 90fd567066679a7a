import Testing

@testable import GradCAM

@Suite("Intervals and tests over photos")
struct StatisticsTests {
  @Test("The interval of a mean does not depend on the order and follows the seed")
  func interval() throws {
    let values = (0..<40).map { Double($0 * 7919 % 101) / 101 }
    let found = try #require(BootstrapInterval(meanOf: values))
    #expect(BootstrapInterval(meanOf: values.reversed()) == found)
    #expect(BootstrapInterval(meanOf: values, seed: 1) != found)
    #expect(found.count == 40 && abs(found.mean - values.reduce(0, +) / 40) < 1e-12)
    // As wide as the normal approximation 2 · 1.96 · s / √n says, within a tenth.
    let spread = values.reduce(0) { $0 + ($1 - found.mean) * ($1 - found.mean) } / 40
    let width = 2 * 1.96 * (spread / 40).squareRoot()
    let own = found.interval.upperBound - found.interval.lowerBound
    #expect(abs(own / width - 1) < 0.1)
    #expect(found.interval.contains(found.mean))
  }

  @Test("One value, or values alike, have an interval without width; no values have none")
  func narrow() {
    #expect(BootstrapInterval(meanOf: [])?.mean == nil)
    #expect(BootstrapInterval(meanOf: [0.25])?.interval == 0.25...0.25)
    #expect(BootstrapInterval(meanOf: [0.5, 0.5, 0.5])?.interval == 0.5...0.5)
  }

  @Test("Few pairs are compared by all choices of signs")
  func exact() throws {
    // Of 2³ choices, all plus and all minus are as far from zero as 1 + 2 + 3.
    let test = try #require(PairedTest([2, 4, 6], [1, 2, 3]))
    #expect(test.pValue == 0.25 && test.difference == 2 && test.count == 3)
    // 3 + 1 − 2 = 2 or more: ±6, ±4, ±2 with 3 + 1 − 2 and −(…): all but those of sum 0.
    #expect(PairedTest([3, 1, 0], [0, 0, 2])?.pValue == 0.75)
    #expect(PairedTest([1, 1], [1, 1])?.pValue == 1)
    #expect(PairedTest([], []) == nil)
  }

  @Test("Many pairs are compared by choices drawn from a seed, in any order of photos")
  func drawn() throws {
    let first = (0..<60).map { Double($0 * 7919 % 101) / 101 }
    let second = (0..<60).map { Double($0 * 6007 % 97) / 97 }
    let test = try #require(PairedTest(first, second))
    #expect(PairedTest(first.reversed(), second.reversed()) == test)
    #expect(test.pValue > 0.05)
    let better = try #require(PairedTest(first.map { $0 + 0.5 }, first))
    #expect(better.pValue == 1 / 10_001.0)
  }

  @Test("Holm's procedure raises the p-values of several comparisons")
  func holm() {
    #expect(PairedTest.adjusted([0.01, 0.04, 0.03, 0.5]) == [0.04, 0.09, 0.09, 0.5])
    #expect(PairedTest.adjusted([0.9, 0.8]) == [1, 1])
    #expect(PairedTest.adjusted([]).isEmpty)
  }
}
