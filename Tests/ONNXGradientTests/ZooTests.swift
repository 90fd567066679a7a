import ONNXFormat
import ONNXGradient
import ONNXGraph
import ONNXSession
import Testing
import _TestSupport

/// Networks that other converters wrote, beside their frameworks' float64 gradients.
@Suite struct ZooTests {
  @Test(
    "The default layer and the input have the framework's gradients",
    arguments: try ZooFixture.all())
  func gradients(_ network: ZooFixture) throws {
    let reference = try network.reference
    let layers = try ZooLayers(of: network)
    if let logits = reference.logits { #expect(layers.logits == logits) }
    let layer = layers.list.layers[try #require(layers.list.defaultIndex)]
    let values = [layer.value, reference.input]
    var model = try network.model
    let written = try model.proto.differentiated(by: values, from: layers.logits)
    model.proto = written.model
    if layers.logits != reference.output {
      model.proto.graph.output.append(ValueInfoProto(layers.logits, .float))
    }
    let session = try Session(model, options: SessionOptions(threads: 1))
    let expected = try network.array("logits")
    let count = expected.shape[1]
    let classes = reference.classes
    let shape = try #require(layers.graph.shape(of: layers.logits)).map { $0.value ?? 1 }
    let cotangent = Tensor.oneHot(classes, count: count)
      .reshaped([classes.count] + shape.dropFirst())
    let found = try session.run(
      [reference.input: network.array("input"), "cotangent": cotangent],
      outputs: [layers.logits] + written.outputs)

    let logits = Difference(found[0].floats, expected.floats)
    #expect(logits.relative <= 1e-4, "logits: \(logits)")
    let gradient =
      switch (layer.map.order, reference.isChannelsLast) {
      case (.channelsFirst, true): found[1].transposed([0, 2, 3, 1])
      case (.channelsLast, false): found[1].transposed([0, 3, 1, 2])
      default: found[1]
      }
    let atLayer = Difference(gradient, try network.array("layer-gradient"))
    #expect(atLayer.relative <= 1e-5, "layer: \(atLayer)")
    let limit = max(2 * reference.float32InputError, 1e-5)
    let atInput = Difference(found[2], try network.array("input-gradient"))
    #expect(atInput.relative <= limit, "input: \(atInput)")
  }

  @Test("The default layer is the one its framework names", arguments: try ZooFixture.all())
  func defaultLayer(_ network: ZooFixture) throws {
    let reference = try network.reference
    let list = try ZooLayers(of: network).list
    let index = try #require(list.defaultIndex)
    #expect(list.find(reference.defaultLayer) == .layer(index), "'\(list.layers[index].name)'")
    #expect(list.layers[index].sides(like: reference) == Array(reference.defaultShape.dropFirst()))
  }

  @Test("The framework's names of layers are accepted", arguments: try ZooFixture.all())
  func names(_ network: ZooFixture) throws {
    let reference = try network.reference
    let list = try ZooLayers(of: network).list
    for (name, sides) in reference.names {
      guard case .layer(let index) = list.find(name) else {
        Issue.record("'\(name)' is \(list.find(name)) among \(list.layers.map(\.name))")
        continue
      }
      #expect(list.layers[index].sides(like: reference) == sides, "'\(name)'")
      if let value = reference.values?[name] { #expect(list.layers[index].value == value) }
    }
  }
}

/// The layers of a network out of the zoo.
private struct ZooLayers {
  let graph: Graph
  let logits: String
  let list: LayerList

  init(of network: ZooFixture) throws {
    let reference = try network.reference
    graph = Graph(try network.model.proto)
    logits = Logits(behind: reference.output, in: graph).value
    let path = FloatPath(in: graph, from: reference.input, to: logits)
    list = LayerList(of: graph, on: path, input: reference.input)
  }
}

extension GraphLayer {
  /// The layer's sides in the order of the reference.
  fileprivate func sides(like reference: ZooFixture.Reference) -> [Int] {
    if map.order == .tokens {
      return [map.prefixTokens + map.placeCount + map.suffixTokens, map.channels]
    }
    return reference.isChannelsLast ? Array(map.shape[1...] + map.shape[..<1]) : map.shape
  }
}

extension Tensor {
  /// The axes of four in another order.
  fileprivate func transposed(_ order: [Int]) -> Tensor {
    let sides = order.map { shape[$0] }
    let strides = shape.indices.map { shape[($0 + 1)...].reduce(1, *) }
    let old = floats
    var new: [Float] = []
    new.reserveCapacity(old.count)
    for a in 0..<sides[0] {
      for b in 0..<sides[1] {
        for c in 0..<sides[2] {
          for d in 0..<sides[3] {
            new.append(old[zip([a, b, c, d], order).reduce(0) { $0 + $1.0 * strides[$1.1] }])
          }
        }
      }
    }
    return Tensor(shape: sides, floats: new)
  }
}
