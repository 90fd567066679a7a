import ONNXFormat
import ONNXSession
import Testing
import _TestSupport

@Suite("Session")
struct SessionTests {
  @Test("runs a graph made in memory")
  func runs() throws {
    let graph = model(
      """
      h = Add(x, b)
      y = Relu(h)
      """, inputs: [ValueInfoProto("x", .float, ["N", 2])],
      outputs: [ValueInfoProto("y", .float, ["N", 2])],
      initializers: [TensorProto("b", shape: [2], floats: [1, -1])])
    let outputs = try run(graph, ["x": Tensor(shape: [2, 2], floats: [1, 2, -3, 0.5])])
    #expect(outputs.map(\.floats) == [[2, 1, 0, 0]])
    #expect(outputs.map(\.shape) == [[2, 2]])
  }
}
