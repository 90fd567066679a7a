import Diagnostics
import Synchronization
import Testing

@testable import GradCAM

@Suite("Loaded graphs")
struct GraphCacheTests {
  /// A key by a number.
  private func key(_ number: Int) -> GraphCache.Key {
    .changed(
      ChangedGraph.Request(
        value: "\(number)", change: .hiddenSquare(side: 1, baseline: false), batch: 1))
  }

  /// What is loaded anew when keys are asked for in order.
  private func loads(_ cache: GraphCache, _ numbers: [Int]) throws -> [Int] {
    var loaded: [Int] = []
    for number in numbers {
      let found = try cache.graph(for: key(number)) { () throws(DiagnosticError) in
        loaded.append(number)
        return number
      }
      #expect(found == number)
    }
    return loaded
  }

  @Test("Each is loaded once, while there is room")
  func once() throws {
    #expect(try loads(GraphCache(capacity: 3), [1, 2, 3, 1, 2, 3, 2, 1]) == [1, 2, 3])
  }

  @Test("The one that was used longest ago makes room")
  func oldest() throws {
    #expect(try loads(GraphCache(capacity: 2), [1, 2, 1, 3, 1, 2]) == [1, 2, 3, 2])
  }

  @Test("What failed to load is tried again, and leaves the others")
  func failure() throws {
    let cache = GraphCache(capacity: 3)
    _ = try loads(cache, [1])
    #expect(throws: DiagnosticError.self) {
      try cache.graph(for: key(2)) { () throws(DiagnosticError) -> Int in throw .noTarget }
    }
    #expect(try loads(cache, [1, 2]) == [2])
  }

  @Test("A large model holds few graphs, a small one many")
  func capacity() throws {
    let model = try ToyModels.handComputed()
    #expect(model.graphCapacity == 63)
    let explainer = try Explainer(model, preprocessing: .raw)
    #expect(explainer.graphs.capacity == model.graphCapacity)
  }
}
