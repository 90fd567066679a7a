import ONNXFormat
import Testing

@testable import ONNXGraph

/// Regions of values, seen from other shapes.
@Suite struct LiveRegionTests {
  private let first = LiveRegion([1: .init(range: 0..<1, side: 5)])

  @Test("A region keeps its elements when axes join or split")
  func reshaping() {
    let tokens: Shape = [.batch(1), .fixed(5), .fixed(6)]
    let flat = first.reshaped(from: tokens, to: [.batch(5), .fixed(6)])
    #expect(flat.axes == [0: .init(range: 0..<1, side: 5)])
    let heads: Shape = [.batch(1), .fixed(5), .fixed(2), .fixed(3)]
    #expect(first.reshaped(from: tokens, to: heads) == first)
    let row = first.reshaped(from: tokens, to: [.batch(1), .fixed(30)])
    #expect(row.axes == [1: .init(range: 0..<1, side: 5, inner: 6)])
    #expect(row.reshaped(from: [.batch(1), .fixed(30)], to: tokens) == first)
  }

  @Test("A union holds both, and knows nothing of an axis one of them leaves open")
  func union() {
    let last = LiveRegion([1: .init(range: 3..<5, side: 5), 2: .init(range: 0..<1, side: 6)])
    #expect(first.union(last) == LiveRegion(), "0 through 4 is the whole axis")
    let second = LiveRegion([1: .init(range: 1..<2, side: 5)])
    #expect(first.union(second) == LiveRegion([1: .init(range: 0..<2, side: 5)]))
    let nothing = LiveRegion([1: .init(range: 0..<0, side: 5)])
    #expect(nothing.isEmpty)
    #expect(first.union(nothing) == first)
    #expect(nothing.union(first) == first)
  }
}
