import ONNXFormat
import ONNXGradient
import ONNXGraph
import ONNXSession
import Testing
import _TestSupport

/// Cotangents of several targets flowing back at once, where the driver says they may.
@Suite struct SeveralTargetsTests {
  /// Rows of one image in, one out.
  private static let rows = RuleRows.all.filter { row in
    guard row.inputs.first?.shape.first == 1, row.inputs.first?.shape.count ?? 0 > 1,
      let shape = Graph(row.model).shape(of: "y"), shape.count > 1, shape.first == .fixed(1)
    else { return false }
    let builder = GraphBuilder(after: Graph(row.model))
    return Gradient(writingTo: builder).servesSeveralTargets(of: ["x"], from: "y")
  }

  @Test("Three targets at once get what each gets alone", arguments: rows)
  func stacked(_ row: RuleRow) throws {
    var random = SeededGenerator(seed: 12)
    let inputs = Dictionary(
      uniqueKeysWithValues: row.inputs.map {
        ($0.name, Tensor(shape: $0.shape, floats: $0.values(using: &random)))
      })
    let sides = try #require(Graph(row.model).shape(of: "y")?.fixedSides)
    let count = sides.reduce(1, *)
    let dy = Tensor(shape: [3] + sides.dropFirst(), floats: random.floats(3 * count))
    let together = try #require(
      try row.model.gradients(by: ["x"], from: "y", inputs: inputs, cotangent: dy).first)
    var apart: [Float] = []
    for target in 0..<3 {
      let own = try row.model.gradients(
        by: ["x"], from: "y", inputs: inputs, cotangent: dy.rows(target..<target + 1))
      apart += try #require(own.first).floats
    }
    #expect(together.shape == [3] + row.inputs[0].shape.dropFirst())
    let difference = Difference(together.floats, apart)
    #expect(difference.relative <= 1e-5, "\(difference)")
  }

  @Test("The rows are many")
  func many() { #expect(Self.rows.count > 25) }
}
