import ONNXFormat
import ONNXGraph
import Testing
import _TestSupport

/// Layers of the networks beside the modules PyTorch knows.
@Suite struct NetworkLayerTests {
  @Test("The logits are found", arguments: try NetworkFixture.all())
  func logits(_ network: NetworkFixture) throws {
    let graph = Graph(try network.model.proto)
    let logits = Logits(behind: try #require(graph.outputs.first).name, in: graph)
    #expect(logits.value == "logits")
    #expect(logits.tail == .none)
    #expect(logits.classCount == (try network.array("logits").shape[1]))
  }

  @Test(
    "The default layer is the last feature map all paths pass", arguments: try NetworkFixture.all())
  func defaultLayer(_ network: NetworkFixture) throws {
    let (list, _) = try layers(of: network)
    let reference = try network.reference
    let layer = list.layers[try #require(list.defaultIndex)]
    // Where an average pooling comes last, the default is what it blurs: the features' output.
    let features = reference.layers.first { $0.path == "features" }?.values ?? []
    let expected = reference.defaultLayer.equalValues
    let pools = list.layers.first { expected.contains($0.value) }?.operatorName == "AveragePool"
    #expect((pools ? features : expected).contains(layer.value), "'\(layer.value)'")
    #expect(layer.isCut)
  }

  @Test("Module paths find the values they give", arguments: try NetworkFixture.all())
  func modules(_ network: NetworkFixture) throws {
    let (list, graph) = try layers(of: network)
    let reference = try network.reference
    for module in reference.names + reference.layers {
      let name = module.name ?? module.path
      let isSpatial = module.shape.count == 4 && module.shape[2] * module.shape[3] > 1
      switch list.find(name) {
      case .layer(let index):
        let layer = list.layers[index]
        // PyTorch adds a residual in place, so a module before the sum is seen to give the sum.
        let sums = (graph.consumers[layer.value] ?? []).map { graph.nodes[$0] }
          .filter { $0.opType == "Add" }.flatMap(\.output)
        #expect(
          ([layer.value] + sums).contains(where: module.values.contains),
          "'\(name)' found '\(layer.value)'")
        let sides = layer.map.shape
        let isLast = layer.map.order == .channelsLast
        let rotated = isLast ? Array(sides[1...] + sides[..<1]) : sides
        #expect(rotated == Array(module.shape.dropFirst()), "'\(name)'")
      case .notSpatial:
        #expect(!isSpatial, "'\(name)' is spatial")
      case .several:
        Issue.record("'\(name)' is taken for a slice")
      case .unknown:
        // A module whose nodes lie beside the path, such as shapes only.
        let onPath = module.values.contains { graph.producers[$0] != nil }
        #expect(!onPath || !isSpatial, "'\(name)' is not found")
      }
    }
  }

  @Test("Every name listed finds a layer or a module", arguments: try NetworkFixture.all())
  func listedNames(_ network: NetworkFixture) throws {
    let (list, _) = try layers(of: network)
    for name in list.allNames { #expect(list.find(name) != .unknown, "'\(name)'") }
    for (index, layer) in list.layers.enumerated() {
      #expect(list.find(layer.value) == .layer(index))
      #expect(list.find(layer.name) == .layer(index), "'\(layer.name)'")
    }
  }

  private func layers(of network: NetworkFixture) throws -> (LayerList, Graph) {
    let graph = Graph(try network.model.proto)
    let path = FloatPath(in: graph, from: "input", to: "logits")
    return (LayerList(of: graph, on: path, input: "input"), graph)
  }
}
