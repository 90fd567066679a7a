import ONNXFormat
import Testing
import _TestSupport

@testable import ONNXGraph

/// The end of a class-token model, written for its live tokens.
@Suite struct LiveRowsTests {
  private func rows(_ name: String) throws -> (rows: LiveRows?, graph: Graph) {
    let file = try ModelFile(contentsOf: Fixtures.path("\(name)/model.onnx"))
    let graph = Graph(file.proto)
    let input = try #require(graph.inputs.first).name
    let logits = Logits(behind: try #require(graph.outputs.first).name, in: graph)
    return (LiveRows(of: graph, from: input, to: logits.value), graph)
  }

  @Test(
    "Behind the last attention of a class-token model, what follows is written for its tokens",
    arguments: ["vit", "vit-registers", "deit-distilled", "torchvision-vit"].flatMap {
      ["\($0)-torchscript", "\($0)-dynamo"]
    })
  func classTokens(_ name: String) throws {
    let (found, graph) = try rows("Tokens/\(name)")
    let rows = try #require(found)
    // Its norm, the perceptron's two products and what lies between them at least.
    #expect(rows.narrowed.count > 5)
    for value in rows.narrowed {
      let node = try #require(graph.producer(of: value))
      let twins = rows.graph.nodes.filter {
        $0.opType == node.opType && $0.output[0].hasPrefix("rows/\(value)/")
      }
      let twin = try #require(twins.first)
      let (own, whole) = (rows.graph.shape(of: twin.output[0]), graph.shape(of: value))
      #expect(own?.count == whole?.count)
      let differing = zip(own ?? [], whole ?? []).filter { $0 != $1 }
      #expect(differing.count == 1)
      // Each twin's value is cut out of the model's own, so no twin runs.
      #expect(!rows.graph.unrunNodes.contains { $0.opType == node.opType && $0 == twin })
      #expect(rows.graph.unrunNodes.contains { $0.opType == "Slice" && $0.output == twin.output })
    }
    #expect(
      Graph.sorted(rows.graph.nodes.filter { $0.opType != "Constant" }).map(\.output)
        == rows.graph.nodes.filter { $0.opType != "Constant" }.map(\.output))
  }

  @Test(
    "Where all tokens act, or there are none, the graph stays as it is",
    arguments: [
      "Tokens/swin-torchscript", "Tokens/mixer-dynamo", "Tokens/convnext-dynamo",
      "Networks/resnet18-dynamo", "Networks/densenet121-torchscript",
    ])
  func others(_ name: String) throws {
    #expect(try rows(name).rows == nil)
  }
}
