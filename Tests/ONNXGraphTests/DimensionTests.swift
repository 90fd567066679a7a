import ONNXGraph
import Testing

/// Arithmetic of sides, some of them multiples of the batch.
@Suite struct DimensionTests {
  private static let extremes: [Dimension] = [
    .fixed(.min), .fixed(-1), .fixed(0), .fixed(1), .fixed(7), .fixed(.max), .batch(1),
    .batch(6), .batch(.max), .unknown,
  ]

  @Test("Numbers and batches combine as far as one number or one multiple comes out")
  func combining() {
    #expect(Dimension.fixed(3) * .batch(2) == .batch(6))
    #expect(Dimension.batch(6) / .fixed(2) == .batch(3))
    #expect(Dimension.batch(6) / .batch(2) == .fixed(3))
    #expect(Dimension.batch(3) / .fixed(2) == .unknown)
    #expect(Dimension.batch(1) * .batch(1) == .unknown)
    #expect(Dimension.batch(2) + .batch(3) == .batch(5))
    #expect(Dimension.batch(2) + .fixed(3) == .unknown)
    #expect(Dimension.fixed(-7) / .fixed(2) == .fixed(-3))
    #expect(Dimension.fixed(-7) % .fixed(2) == .fixed(1))
    #expect(Dimension.fixed(7) % .fixed(-2) == .fixed(-1))
    #expect([.batch(1), .fixed(3), .fixed(4)].product == .batch(12))
  }

  @Test("What overflows or divides by zero is unknown", arguments: extremes, extremes)
  func overflow(_ a: Dimension, _ b: Dimension) {
    if case .fixed(let x) = a, case .fixed(let y) = b {
      let (sum, overflow) = x.addingReportingOverflow(y)
      #expect(a + b == (overflow ? .unknown : .fixed(sum)))
      #expect((a / b == .unknown) == (y == 0 || (x == .min && y == -1)))
      #expect((a % b == .unknown) == (y == 0 || (x == .min && y == -1)))
    } else {
      #expect(a % b == .unknown)
      #expect((a + b).value == nil)
    }
    #expect(a * b == b * a)
  }
}
