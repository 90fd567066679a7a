import ONNXFormat
import ONNXGradient
import ONNXGraph
import ONNXSession
import Testing
import _TestSupport

/// One small network in the forms of each operator set.
@Suite struct OpsetTests {
  @Test("The gradient is the same in every operator set", arguments: 7...23)
  func gradient(opset: Int) throws {
    let found = try gradients(opset: opset)
    let expected = try gradients(opset: 17)
    // The forms differ, and with them the kernels and how they round.
    #expect(Difference(found.logits, expected.logits).relative <= 1e-5)
    let difference = Difference(found.gradient, expected.gradient)
    #expect(difference.relative <= 1e-5, "\(difference)")
    #expect(expected.gradient.floats.contains { abs($0) > 1e-3 })
  }

  private func gradients(opset: Int) throws -> (logits: Tensor, gradient: Tensor) {
    let model = try network(opset: opset)
    let graph = Graph(model)
    for (value, _) in graph.producers { #expect(graph.shape(of: value) != nil, "'\(value)'") }
    #expect(graph.shape(of: "logits") == [.batch(1), .fixed(3)])
    var random = SeededGenerator(seed: 3)
    let x = Tensor(shape: [2, 2, 6, 6], floats: random.floats(144))
    let dy = Tensor(shape: [2, 3], floats: random.floats(6))
    let written = try model.differentiated(by: ["x"], from: "logits")
    let outputs = try run(
      written.model, ["x": x, "cotangent": dy], outputs: ["logits"] + written.outputs)
    return (outputs[0], outputs[1])
  }

  /// The network: convolution, poolings, resolution, and the views and sums whose form changed
  /// from one operator set to another.
  private func network(opset: Int) throws -> ModelProto {
    let format = opset < 9 ? 3 : 8
    var model = model(
      nodes: [], inputs: [ValueInfoProto("x", .float, ["N", 2, 6, 6])],
      outputs: [ValueInfoProto("logits", .float, ["N", 3])], opset: opset, ir: format)
    let builder = GraphBuilder(after: Graph(model))
    var random = SeededGenerator(seed: 9)
    func weight(_ shape: Int...) -> Term {
      builder.constant(random.floats(shape.reduce(1, *)), shape: shape)
    }
    func ints(_ name: String, _ values: Int...) -> AttributeProto { AttributeProto(name, values) }

    let x = builder.term("x", type: .float)
    let convolved = builder.emit(
      "Conv", [x, weight(4, 2, 3, 3), weight(4)],
      attributes: [ints("kernel_shape", 3, 3), ints("pads", 1, 1, 1, 1)])
    let variance = builder.constant([0.5, 1, 2, 0.7], shape: [4])
    let normalized = builder.emit(
      "BatchNormalization", [convolved, weight(4), weight(4), weight(4), variance])
    let clipped =
      opset < 11
      ? normalized.apply("Clip", AttributeProto("min", Float(-1)), AttributeProto("max", Float(2)))
      : builder.emit("Clip", [normalized, builder.scalar(-1), builder.scalar(2)])
    let window = [
      ints("kernel_shape", 3, 3), ints("pads", 1, 1, 1, 1), ints("strides", 2, 2),
    ]
    let largest = builder.emit("MaxPool", [clipped], attributes: window)
    let average = builder.emit("AveragePool", [clipped], attributes: window)
    let enlarged = doubled(largest + average * 0.5) * clipped
    let dropped = enlarged.apply("Dropout")
    let parts = split(dropped, into: [3, 1])
    let joined = builder.concatenated([parts[1], parts[0].apply("LeakyRelu")], axis: 1)
    let shifted = joined.padded(3, rank: 4, before: 2, after: 0).sliced(3, from: 1, to: 7)
    let slopes = weight(4, 1, 1)
    let bent = builder.emit("PRelu", [shifted, slopes])
    let means = bent.mean([2, 3]).squeezed([2, 3]).unsqueezed([1])
    let sums = (bent * bent).sum([2, 3], keepsAxes: false).unsqueezed([1])
    let spread = builder.concatenated([means, sums], axis: 1).reshaped([-1, 8])
    let flat = builder.emit("Flatten", [spread.reshaped([0, 2, 4])])
    let chances = builder.emit("Softmax", [flat], attributes: [AttributeProto("axis", 1)])
    let product = builder.emit(
      "Gemm", [flat + chances, weight(3, 8), weight(3)], attributes: [AttributeProto("transB", 1)])
    _ = builder.rename(product, to: "logits")

    model.graph.node = builder.nodes
    model.graph.initializer = builder.initializers
    if format < 4 {
      model.graph.input += builder.initializers.map {
        ValueInfoProto($0.name, type: $0.elementType, shape: $0.shape)
      }
    }
    return model
  }

  /// Twice the height and width, as the operator set says it.
  private func doubled(_ term: Term) -> Term {
    let builder = term.builder
    let scales: [Float] = [1, 1, 2, 2]
    let mode = AttributeProto("mode", "nearest")
    if builder.opset < 9 {
      return builder.emit("Upsample", [term], attributes: [mode, AttributeProto("scales", scales)])
    }
    let stored = builder.constant(scales, shape: [4])
    if builder.opset < 11 {
      let name = builder.opset < 10 ? "Upsample" : "Resize"
      return builder.emit(name, [term, stored], attributes: [mode])
    }
    // The region of interest, which this mode does not read, may be left out since 13.
    let region = builder.opset < 13 ? builder.constant([], shape: [0]) : nil
    return builder.emit(
      "Resize", [term, region, stored],
      attributes: [
        mode, AttributeProto("coordinate_transformation_mode", "asymmetric"),
        AttributeProto("nearest_mode", "floor"),
      ])
  }

  /// Parts of the channels, as the operator set says it.
  private func split(_ term: Term, into sides: [Int]) -> [Term] {
    let builder = term.builder
    let axis = AttributeProto("axis", 1)
    return builder.opset < 13
      ? builder.emit(
        "Split", [term], attributes: [axis, AttributeProto("split", sides)],
        outputCount: sides.count)
      : builder.emit(
        "Split", [term, builder.integers(sides)], attributes: [axis], outputCount: sides.count)
  }
}
