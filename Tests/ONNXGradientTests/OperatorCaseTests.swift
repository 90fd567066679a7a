import Diagnostics
import ONNXFormat
import ONNXGradient
import ONNXGraph
import ONNXSession
import Testing
import _TestSupport

/// Every operator of the fixtures beside float64 autograd.
@Suite struct OperatorCaseTests {
  @Test("The gradient agrees with float64", arguments: try OperatorCase.all())
  func gradient(_ row: OperatorCase) throws {
    let model = try row.model
    let inputs = try row.inputs
    let expected = try row.gradients
    let names = expected.keys.sorted()
    var sums: [String: [Float]] = [:]
    for (output, cotangent) in try row.cotangents.sorted(by: { $0.key < $1.key }) {
      let (extended, outputs, _) = try model.differentiated(by: names, from: output)
      if outputs.isEmpty { continue }
      try #require(outputs.count == names.count)
      let found = try run(
        extended, inputs.merging(["cotangent": cotangent]) { $1 }, outputs: outputs)
      for (name, tensor) in zip(names, found) {
        #expect(tensor.shape == expected[name]?.shape)
        sums[name] = sums[name].map { zip($0, tensor.floats).map(+) } ?? tensor.floats
      }
    }
    for name in names {
      let wanted = try #require(expected[name])
      // No cotangent is a gradient of zero.
      let found = sums[name] ?? Array(repeating: 0, count: wanted.count)
      let difference = Difference(found, wanted.floats)
      #expect(difference.relative <= 1e-5, "\(name): \(difference)")
    }
  }

  @Test("The inferred shape of each output is the real one", arguments: try OperatorCase.all())
  func shape(_ row: OperatorCase) throws {
    let graph = Graph(try row.model)
    for (name, tensor) in try row.outputs {
      #expect(graph.shape(of: name) == tensor.shape.map(Dimension.fixed), "\(name)")
    }
  }
}
