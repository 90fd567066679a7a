import ONNXFormat
import ONNXGraph
import ONNXSession
import Testing
import _TestSupport

/// Inferred shapes beside those that the runtime gives every value.
@Suite struct InferredShapeTests {
  @Test(
    "Every value of a network has the shape inferred, at batches of one and two",
    arguments: try NetworkFixture.all())
  func networks(_ network: NetworkFixture) throws {
    let model = try network.model
    let images = try network.array("input")
    for batch in [1, 2] {
      try check(model, "input", images.prefix(batch), batch: batch)
    }
  }

  /// Models with one image input that run.
  private static let unusualModels = [
    "plain", "fixed-batch", "unnamed-dimensions", "channels-last", "initializers-are-inputs",
    "opset-7", "shape-chain", "constant-nodes", "softmax-then-reshape", "two-outputs", "aside",
  ]

  @Test("So has every value of an unusual model", arguments: unusualModels)
  func unusual(_ name: String) throws {
    let model = try ModelFile(contentsOf: Fixtures.path("Models/\(name).onnx"))
    let input = try #require(Graph(model.proto).inputs.first)
    let sides = input.type.tensorType.shape.dim.map { Int($0.dimValue) }
    for batch in sides[0] > 0 ? [sides[0]] : [1, 2] {
      let shape = [batch] + sides.dropFirst()
      var generator = SeededGenerator(seed: 1)
      let image = Tensor(shape: shape, floats: generator.floats(shape.reduce(1, *)))
      try check(model, input.name, image, batch: batch)
    }
  }

  private func check(
    _ model: ModelFile, _ input: String, _ image: Tensor, batch: Int
  ) throws {
    let graph = Graph(model.proto)
    let logits = Logits(behind: try #require(graph.outputs.first).name, in: graph)
    let path = FloatPath(in: graph, from: input, to: logits.value)
    #expect(!path.isEmpty)
    var exposed = model
    let outputs = Set(graph.outputs.map(\.name))
    let values = graph.producers.keys.sorted().filter { graph.facts[$0]?.type != nil }
    #expect(values.count == graph.producers.count, "every value's type is known")
    exposed.proto.graph.output += values.filter { !outputs.contains($0) }
      .map { ValueInfoProto($0, type: graph.elementType(of: $0), shape: nil) }
    let found = try run(exposed, [input: image], outputs: values)
    for (name, tensor) in zip(values, found) {
      let shape = graph.shape(of: name)
      let resolved = shape.map { $0.map { $0.resolved(batch: batch) } }
      if path.values.contains(name) {
        #expect(resolved == tensor.shape, "'\(name)' at batch \(batch)")
      } else if let resolved, resolved.count == tensor.shape.count {
        for (side, real) in zip(resolved, tensor.shape) {
          #expect(side == nil || side == real, "'\(name)' at batch \(batch)")
        }
      } else {
        #expect(resolved == nil, "'\(name)' at batch \(batch) has \(tensor.shape)")
      }
      if let integers = graph.facts[name]?.integers {
        let numbers = integers.map { $0.resolved(batch: batch) }
        for (inferred, real) in zip(numbers, tensor.integers) {
          #expect(inferred == nil || inferred == real, "contents of '\(name)'")
        }
      }
    }
  }
}

extension Dimension {
  /// The number it is at a batch size.
  fileprivate func resolved(batch: Int) -> Int? {
    switch self {
    case .fixed(let side): side
    case .batch(let factor): factor * batch
    case .unknown: nil
    }
  }
}
