import ONNXFormat
import ONNXSession
import Testing
import _TestSupport

@Suite("A tensor")
struct TensorTests {
  @Test("gives its elements as numbers, whatever their type")
  func numbers() {
    #expect(Tensor(shape: [2], floats: [1.5, 2]).floats == [1.5, 2])
    #expect(Tensor(shape: [2], integers: [1, -2]).floats == [1, -2])
    #expect(Tensor(shape: [2], integers: [1, -2]).integers == [1, -2])
    let halves = Tensor(elementType: .float16, shape: [2], bytes: [0, 0x3c, 0, 0xc0])
    #expect(halves.floats == [1, -2])
    #expect(halves.integers.isEmpty)
    let bytes = Tensor(elementType: .uint8, shape: [1, 2], bytes: [3, 255])
    #expect(bytes.floats == [3, 255])
    #expect(bytes.integers == [3, 255])
    #expect(bytes.count == 2)
  }

  @Test("of every kind goes through a session and back", arguments: numberTypes)
  func types(type: ElementType) throws {
    let graph = model(
      "y = Identity(x)", inputs: [ValueInfoProto("x", type, [2])],
      outputs: [ValueInfoProto("y", type, [2])])
    let width = try #require(type.byteWidth)
    let bytes = (0..<2 * width).map { type == .bool ? UInt8($0 % 2) : UInt8($0 + 1) }
    let x = Tensor(elementType: type, shape: [2], bytes: bytes)
    let y = try run(graph, ["x": x])[0]
    #expect(y.elementType == type)
    #expect(y.withUnsafeBytes { Array($0) } == bytes)
    #expect(y.floats == x.floats)
  }

  static let numberTypes: [ElementType] = [
    .float, .double, .float16, .bfloat16, .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32,
    .uint64, .bool,
  ]

  @Test("may be a scalar, or change its shape")
  func shapes() {
    let scalar = Tensor(shape: [], floats: [7])
    #expect(scalar.count == 1)
    #expect(scalar.reshaped([1, 1]).shape == [1, 1])
    #expect(scalar.reshaped([1, 1]).floats == [7])
  }
}
