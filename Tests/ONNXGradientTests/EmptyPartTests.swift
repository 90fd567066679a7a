import ONNXFormat
import ONNXSession
import Testing
import _TestSupport

/// Values without elements beside others, such as the tokens before the patches where there are
/// none.
@Suite struct EmptyPartTests {
  @Test("Through a part without elements flows nothing, and the rest gets its own")
  func joined() throws {
    let model = model(
      """
      none = Slice(x, zero, zero, axis)
      rest = Slice(x, zero, end, axis)
      twice = Add(rest, rest)
      y = Concat<axis=1>(none, twice)
      """,
      inputs: [ValueInfoProto("x", .float, [1, 3])],
      outputs: [ValueInfoProto("y", .float, [1, 3])],
      initializers: [
        TensorProto("zero", shape: [1], int64s: [0]), TensorProto("end", shape: [1], int64s: [3]),
        TensorProto("axis", shape: [1], int64s: [1]),
      ])
    let found = try model.gradients(
      by: ["x"], from: "y", inputs: ["x": Tensor(shape: [1, 3], floats: [1, -2, 3])],
      cotangent: Tensor(shape: [1, 3], floats: [5, 7, -11]))
    #expect(found.map(\.floats) == [[10, 14, -22]])
  }
}
