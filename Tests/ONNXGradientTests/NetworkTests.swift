import ONNXFormat
import ONNXGradient
import ONNXGraph
import ONNXSession
import Testing
import _TestSupport

/// Gradients of small networks, by both exporters, beside PyTorch's float64 autograd.
@Suite struct NetworkTests {
  @Test(
    "Gradients agree with float64, and outputs keep every bit", arguments: try NetworkFixture.all())
  func gradients(_ network: NetworkFixture) throws {
    let reference = try network.reference
    let plain = try Session(network.model, options: SessionOptions(threads: 1))
    let layer = reference.defaultLayer.value
    let session = try Gradients(of: network, by: [layer, "input"])
    let images = try network.array("input")
    let found = try session.run(images, classes: reference.classes)

    let before = try plain.run(["input": images], outputs: ["logits"])
    // ConvNeXt's gelu is five nodes that the runtime fuses only where nobody reads between them.
    if !network.name.hasPrefix("convnext") { #expect(found.logits.bytes == before[0].bytes) }
    let logits = Difference(found.logits, try network.array("logits"))
    #expect(logits.relative <= 1e-4, "logits: \(logits)")
    let atLayer = Difference(found.gradients[0], try network.array("layer-gradient"))
    #expect(atLayer.relative <= 1e-5, "layer: \(atLayer)")
    // Kinks flip by rounding in float32, PyTorch's too.
    let limit = max(2 * reference.float32InputError, 1e-5)
    let atInput = Difference(found.gradients[1], try network.array("input-gradient"))
    #expect(atInput.relative <= limit, "input: \(atInput)")
  }

  @Test("Two images at once get what each gets alone", arguments: try NetworkFixture.all())
  func batches(_ network: NetworkFixture) throws {
    let classes = try network.reference.classes
    let images = try network.array("input")
    let session = try Gradients(of: network, by: ["input"])
    let both = try session.run(images, classes: classes).gradients[0]
    for index in 0..<2 {
      let alone = try session.run(images.rows(index..<index + 1), classes: [classes[index]])
      let difference = Difference(alone.gradients[0], both.rows(index..<index + 1))
      #expect(difference.relative <= 1e-5, "image \(index): \(difference)")
    }
  }

  @Test("Three targets at once get what each gets alone", arguments: try NetworkFixture.all())
  func targets(_ network: NetworkFixture) throws {
    let layer = try network.reference.defaultLayer.value
    let image = try network.array("input").prefix(1)
    let session = try Gradients(of: network, by: [layer, "input"])
    #expect(session.servesSeveralTargets)
    let classes = [2, 0, 1]
    let all = try session.run(image, classes: classes).gradients
    for (row, target) in classes.enumerated() {
      let alone = try session.run(image, classes: [target]).gradients
      for (one, many) in zip(alone, all) {
        let difference = Difference(many.rows(row..<row + 1), one)
        #expect(difference.relative <= 1e-5, "class \(target): \(difference)")
      }
    }
  }
}

/// A network with its gradients written in.
private struct Gradients {
  let session: Session
  let outputs: [String]
  let classCount: Int
  let servesSeveralTargets: Bool

  init(of network: NetworkFixture, by values: [String]) throws {
    var model = try network.model
    let written = try model.proto.differentiated(by: values, from: "logits")
    let graph = Graph(model.proto)
    servesSeveralTargets = Gradient(writingTo: GraphBuilder(after: graph))
      .servesSeveralTargets(of: values, from: "logits")
    model.proto = written.model
    outputs = written.outputs
    try #require(outputs.count == values.count)
    session = try Session(model, options: SessionOptions(threads: 1))
    classCount = try network.array("logits").shape[1]
  }

  func run(_ images: Tensor, classes: [Int]) throws -> (logits: Tensor, gradients: [Tensor]) {
    let cotangent = Tensor.oneHot(classes, count: classCount)
    let all = try session.run(
      ["input": images, "cotangent": cotangent], outputs: ["logits"] + outputs)
    return (all[0], Array(all.dropFirst()))
  }
}
