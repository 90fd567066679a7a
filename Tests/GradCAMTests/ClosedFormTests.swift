import ONNXFormat
import ONNXGraph
import ONNXSession
import Testing
import _TestSupport

@testable import GradCAM

@Suite("All classes in closed form")
struct ClosedFormTests {
  /// A convolution and ReLU, then an end of five classes.
  private static func explainer(
    ending end: String, weight: [Int]
  ) throws -> Explainer {
    var draws = SeededDraws(seed: 5)
    let normal = { (count: Int) in (0..<count).map { _ in Float(draws.normal()) } }
    let proto = model(
      "conv = Conv<pads=[1, 1, 1, 1]>(x, kernel)\nmaps = Relu(conv)\n" + end,
      inputs: [ToyModels.value("x", [-1, 3, 5, 6])],
      outputs: [ValueInfoProto("logits", type: .float, shape: nil)],
      initializers: [
        TensorProto("kernel", shape: [4, 3, 3, 3], floats: normal(108)),
        TensorProto("w", shape: weight, floats: normal(20)),
        TensorProto("b", shape: [5], floats: normal(5)),
      ])
    return try Explainer(Model(ModelFile(proto: proto)), preprocessing: .raw)
  }

  /// Whether the graph written for maps spreads a gradient over a layer.
  private static func spreads(_ explainer: Explainer, at layer: Layer, by method: Method) throws
    -> Bool
  {
    let request = explainer.request([], at: [layer], using: method)
    let (proto, _, _) = try ExplanationGraph.write(request, explainer.model)
    let written = proto.graph.node.dropFirst(explainer.model.file.proto.graph.node.count)
    return written.contains { ["Expand", "Tile", "ReduceMean"].contains($0.opType) }
  }

  /// The largest difference between the maps of all classes and those of the gradients that flow
  /// back, as a part of the largest value.
  private static func difference(
    _ explainer: Explainer, _ input: FloatTensor, at layer: Layer, by method: Method,
    of features: (_ activation: [Float]) -> Float = { _ in 1 }
  ) throws -> Float {
    let classes = (0..<explainer.model.classCount).map { Target.class($0) }
    let maps = try explainer.explanations(of: input, for: classes, at: [layer], using: method)
    let places = layer.map.placeCount
    var (largest, worst) = (Float(0), Float(0))
    for (target, explanation) in zip(classes, maps) {
      let (activation, gradient) = try explainer.gradient(of: input, for: target, at: layer)
      var map = [Float](repeating: 0, count: places)
      for channel in 0..<layer.channels {
        let span = channel * places..<(channel + 1) * places
        let weight = gradient.values[span].reduce(0, +) / Float(places)
        let factor = weight * features(Array(activation.values[span]))
        for (place, value) in activation.values[span].enumerated() { map[place] += factor * value }
      }
      for (a, b) in zip(explanation.rawMap.values, map) {
        (largest, worst) = (max(largest, abs(b)), max(worst, abs(a - b)))
      }
    }
    #expect(largest > 0)
    return worst / largest
  }

  @Test(
    "A product with the head's weight gives the maps that gradients give",
    arguments: [
      "Networks/resnet18-torchscript", "Networks/resnet50-dynamo",
      "Networks/densenet121-torchscript", "Networks/mobilenet_v2-dynamo",
      "Networks/squeezenet1_1-torchscript",
    ], [Method.gradCAM, .hiResCAM])
  func networks(network: String, method: Method) throws {
    let (explainer, input) = try FixtureNetwork.load(network)
    let layer = try explainer.model.layer(named: nil)
    #expect(explainer.model.obstacleToClosedForm(at: layer) == nil)
    #expect(try !Self.spreads(explainer, at: layer, by: method))
    #expect(try Self.difference(explainer, input, at: layer, by: method) <= 1e-5)
  }

  @Test("CAM and XGrad-CAM are products too, with other features")
  func otherMethods() throws {
    let (explainer, input) = try FixtureNetwork.load("Networks/resnet18-dynamo")
    let layer = try explainer.model.layer(named: nil)
    for method in [Method.cam, .xGradCAM] {
      #expect(try !Self.spreads(explainer, at: layer, by: method))
    }
    let count = Float(layer.map.placeCount)
    #expect(
      try Self.difference(explainer, input, at: layer, by: .cam) { _ in count } <= 1e-5)
    let epsilon = Preset.paper.formulas.xEpsilon
    #expect(
      try Self.difference(explainer, input, at: layer, by: .xGradCAM) {
        $0.reduce(0, +) / ($0.reduce(0, +) + epsilon)
      } <= 1e-5)
  }

  @Test(
    "Every spelling of the end is known",
    arguments: [
      (
        "mean = GlobalAveragePool(maps)\nflat = Flatten(mean)\nlogits = Gemm<transB=1>(flat, w, b)",
        [5, 4]
      ),
      (
        "mean = GlobalAveragePool(maps)\nflat = Flatten(mean)\nlogits = Gemm<alpha=0.5>(flat, w, b)",
        [4, 5]
      ),
      (
        "mean = ReduceMean<axes=[2, 3], keepdims=0>(maps)\nproduct = MatMul(mean, w)\n"
          + "logits = Add(product, b)", [4, 5]
      ),
      (
        "mean = GlobalAveragePool(maps)\nproduct = Conv(mean, w, b)\nlogits = Flatten(product)",
        [5, 4, 1, 1]
      ),
      (
        "product = Conv(maps, w, b)\nmean = GlobalAveragePool(product)\nlogits = Flatten(mean)",
        [5, 4, 1, 1]
      ),
    ])
  func ends(end: String, weight: [Int]) throws {
    let explainer = try Self.explainer(ending: end, weight: weight)
    let layer = try explainer.model.layer(named: "maps")
    var draws = SeededDraws(seed: 9)
    let input = FloatTensor(shape: [3, 5, 6], values: (0..<90).map { _ in Float(draws.normal()) })
    #expect(explainer.model.obstacleToClosedForm(at: layer) == nil)
    #expect(try !Self.spreads(explainer, at: layer, by: .gradCAM))
    #expect(try Self.difference(explainer, input, at: layer, by: .gradCAM) <= 1e-5)
  }

  @Test(
    "Where a ReLU stands between, the gradient flows back for each class",
    arguments: [
      "Networks/squeezenet1_1-torchscript", "Networks/mobilenet_v3_small-dynamo",
      "Networks/vgg11-dynamo",
    ])
  func open(network: String) throws {
    let (explainer, input) = try FixtureNetwork.load(network)
    let layers = explainer.model.layers.filter { $0.isSpatial && $0.order == .channelsFirst }
    let layer = try #require(
      layers.last { explainer.model.obstacleToClosedForm(at: $0) != nil && $0.isOnEveryPath })
    #expect(explainer.model.obstacleToClosedForm(at: layer)?.contains("operator ") == true)
    #expect(try Self.difference(explainer, input, at: layer, by: .gradCAM) <= 2e-5)
  }

  @Test("A weighted sum of classes is the sum of their maps")
  func weighted() throws {
    let (explainer, input) = try FixtureNetwork.load("Networks/resnet18-torchscript")
    let layer = try explainer.model.layer(named: nil)
    let maps = try explainer.explanations(
      of: input, for: [.class(1), .class(3), .class(1).ratherThan(.class(3))], at: [layer]
    ).map(\.rawMap.values)
    let scale = maps[0].map(abs).max() ?? 0
    for place in maps[0].indices {
      #expect(abs(maps[2][place] - (maps[0][place] - maps[1][place])) <= 1e-5 * scale)
    }
  }

  @Test("All classes of a large model are one run where no gradient has the layer's size")
  func chunks() throws {
    let (explainer, _) = try FixtureNetwork.load("Networks/resnet18-torchscript")
    let layer = try explainer.model.layer(named: nil)
    let even = try explainer.graph(for: explainer.request([], at: [layer], using: .gradCAM))
    #expect(even.targetsAtOnce == (1 << 25) / (layer.channels + layer.map.placeCount))
    let smoothed = try explainer.graph(
      for: explainer.request([], at: [layer], using: .gradCAM.eigenSmoothed))
    #expect(smoothed.targetsAtOnce == (1 << 25) / (layer.channels * layer.map.placeCount))
  }
}
