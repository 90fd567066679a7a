import ONNXFormat
import ONNXGraph
import Testing
import _TestSupport

@testable import ONNXGradient

/// A point convolution and global pooling before the logits.
@Suite struct PooledHeadTests {
  private func head(_ name: String) throws -> (head: PooledHead?, graph: Graph) {
    let graph = Graph(try NetworkFixture(name: name).model.proto)
    let builder = GraphBuilder(after: graph)
    return (PooledHead(endingIn: "logits", for: builder), graph)
  }

  @Test(
    "SqueezeNet's classifier is recognised, and what goes into its convolution",
    arguments: [
      "squeezenet1_0-torchscript", "squeezenet1_0-dynamo", "squeezenet1_1-torchscript",
      "squeezenet1_1-dynamo",
    ])
  func squeezeNet(_ name: String) throws {
    let (found, graph) = try head(name)
    let input = try #require(found).input.name
    let reader = try #require(graph.consumers[input]?.first)
    #expect(graph.nodes[reader].opType == "Conv")
    #expect(graph.leads(from: input, to: "logits"))
  }

  @Test(
    "A linear layer behind the pooling is none",
    arguments: ["resnet18-dynamo", "densenet121-torchscript", "vgg11-dynamo"])
  func linear(_ name: String) throws {
    #expect(try head(name).head == nil)
  }
}
