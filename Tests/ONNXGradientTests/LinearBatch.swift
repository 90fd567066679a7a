import ONNXFormat
import ONNXGradient
import ONNXGraph
import ONNXSession
import Testing
import _TestSupport

/// Many nodes of one operator in one model, each with an input and a cotangent of small whole
/// numbers, so that sums are exact in float32.
struct LinearBatch {
  /// A node of the batch: its operator's attributes, its input's shape and its constant inputs.
  struct Entry {
    let attributes: [AttributeProto]
    let shape: [Int]
    var constants: [TensorProto] = []
  }

  /// What came of one entry.
  struct Outcome {
    let x: [Float]
    let y: Tensor
    let dy: [Float]
    let dx: [Float]
  }

  let operatorName: String
  let opset: Int

  /// Runs every entry and its pullback, a few dozen in one session.
  func outcomes(_ entries: [Entry], values: ClosedRange<Int>) throws -> [Outcome] {
    let starts = stride(from: 0, to: entries.count, by: 64)
    return try starts.flatMap { start in
      try outcomes(
        Array(entries[start..<min(start + 64, entries.count)]), seed: start, values: values)
    }
  }

  private func outcomes(
    _ entries: [Entry], seed: Int, values: ClosedRange<Int>
  ) throws -> [Outcome] {
    var random = SeededGenerator(seed: UInt64(seed))
    func whole(_ count: Int, _ range: ClosedRange<Int>) -> [Float] {
      (0..<count).map { _ in Float(Int.random(in: range, using: &random)) }
    }
    var nodes: [NodeProto] = []
    var initializers: [String: TensorProto] = [:]
    var inputs: [[Float]] = []
    for (index, entry) in entries.enumerated() {
      let x = whole(entry.shape.reduce(1, *), values)
      initializers["x\(index)"] = TensorProto("x\(index)", shape: entry.shape, floats: x)
      for constant in entry.constants { initializers[constant.name] = constant }
      nodes.append(
        NodeProto(
          operatorName, ["x\(index)"] + entry.constants.map(\.name), ["y\(index)"],
          attributes: entry.attributes))
      inputs.append(x)
    }
    var model = model(
      nodes: nodes, inputs: [], outputs: [],
      initializers: initializers.keys.sorted().compactMap { initializers[$0] }, opset: opset,
      ir: 10)
    let graph = Graph(model)
    let builder = GraphBuilder(after: graph)
    var outputs: [Term] = []
    var cotangents: [[Float]] = []
    for index in entries.indices {
      let shape = try #require(graph.shape(of: "y\(index)")?.fixedSides)
      let dy = whole(shape.reduce(1, *), -3...3)
      let dx = try Gradient(writingTo: builder).cotangents(
        of: ["x\(index)"], from: "y\(index)", cotangent: builder.constant(dy, shape: shape))
      outputs += [builder.term("y\(index)"), try #require(dx["x\(index)"])]
      cotangents.append(dy)
    }
    model = builder.extending(model, outputs: outputs)
    let found = try run(model, outputs: outputs.map(\.name))
    return entries.indices.map { index in
      Outcome(
        x: inputs[index], y: found[2 * index], dy: cotangents[index],
        dx: found[2 * index + 1].floats)
    }
  }
}

extension LinearBatch.Outcome {
  /// Whether ⟨dy, f(x)⟩ = ⟨f*(dy), x⟩, which says that f* is the transpose of f, within a share of
  /// the sum's largest possible size.
  func isAdjoint(within tolerance: Double) -> Bool {
    guard y.count == dy.count, dx.count == x.count else { return false }
    let values = y.floats
    let left = zip(dy, values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    let right = zip(dx, x).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    let size = zip(dy, values).reduce(1) { $0 + abs(Double($1.0) * Double($1.1)) }
    return abs(left - right) <= tolerance * size
  }
}
