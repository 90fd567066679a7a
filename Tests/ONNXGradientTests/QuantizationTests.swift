#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

import Diagnostics
import ONNXFormat
import ONNXGradient
import ONNXGraph
import ONNXSession
import Testing
import _TestSupport

/// Quantization and its undoing: the cotangent passes where x is within reach.
@Suite struct QuantizationTests {
  /// An integer type with the least and greatest number it holds.
  struct Row: Sendable, CustomTestStringConvertible {
    let type: ElementType
    let lowest: Float
    let highest: Float
    let zero: Float
    var testDescription: String { "\(type), zero point \(zero)" }
  }

  private static let rows = [
    Row(type: .uint8, lowest: 0, highest: 255, zero: 100),
    Row(type: .uint8, lowest: 0, highest: 255, zero: 0),
    Row(type: .int8, lowest: -128, highest: 127, zero: -3),
    Row(type: .uint16, lowest: 0, highest: 65535, zero: 300),
    Row(type: .int16, lowest: -32768, highest: 32767, zero: 0),
    Row(type: .uint4, lowest: 0, highest: 15, zero: 7),
    Row(type: .int4, lowest: -8, highest: 7, zero: 1),
    Row(type: .float8e4m3fn, lowest: -448, highest: 448, zero: 0),
    Row(type: .float8e5m2, lowest: -57344, highest: 57344, zero: 0),
  ]

  /// A tensor of zero points.
  private func zeros(_ row: Row, count: Int, shape: [Int]) -> TensorProto {
    var tensor = TensorProto()
    tensor.name = "zero"
    tensor.dims = shape.map(Int64.init)
    tensor.dataType = row.type.rawValue
    let whole = Int32(row.zero)
    switch row.type {
    case .uint4, .int4:
      let byte = UInt8(truncatingIfNeeded: (whole & 15) | (whole & 15) << 4)
      tensor.rawData = Data(Array(repeating: byte, count: (count + 1) / 2))
    default:
      tensor.int32Data = Array(repeating: whole, count: count)
    }
    return tensor
  }

  private func expected(_ x: [Float], _ dy: [Float], _ scales: [Float], _ row: Row) -> [Float] {
    x.indices.map { place in
      let steps = x[place] / scales[place]
      let isWhole = !row.testDescription.hasPrefix("float8")
      let level = isWhole ? steps.rounded(.toNearestOrEven) + row.zero : steps
      return row.lowest...row.highest ~= level ? dy[place] : 0
    }
  }

  /// Half of the values lie outside; the ends themselves lie inside.
  @Test("Inside the range dy passes, outside nothing does", arguments: rows)
  func clipped(_ row: Row) throws {
    let scale: Float = 0.25
    let middle = (row.lowest + row.highest) / 2 - row.zero
    let reach = row.highest - row.lowest
    var x = (0..<16).map { scale * (middle + reach * (Float($0) - 7.5) / 8) }
    x += [scale * (row.lowest - row.zero), scale * (row.highest - row.zero)]
    let dy = x.indices.map { Float($0) - 5.5 }
    let model = model(
      "q = QuantizeLinear(x, scale, zero)\ny = DequantizeLinear(q, scale, zero)",
      inputs: [ValueInfoProto("x", .float, [18])], outputs: [ValueInfoProto("y", .float, [18])],
      initializers: [
        TensorProto("scale", shape: [], floats: [scale]), zeros(row, count: 1, shape: []),
      ],
      opset: 21, ir: 10)
    let found = try model.gradients(
      by: ["x"], from: "y", inputs: ["x": Tensor(shape: [18], floats: x)],
      cotangent: Tensor(shape: [18], floats: dy))
    let wanted = expected(x, dy, Array(repeating: scale, count: 18), row)
    #expect(Difference(found[0].floats, wanted).relative <= 1e-6)
    #expect(wanted.contains(0) && wanted[16] != 0 && wanted[17] != 0)
  }

  @Test("A scale for each place of an axis")
  func axis() throws {
    let row = Self.rows[2]
    let scales: [Float] = [0.01, 0.1, 1]
    let x = (0..<24).map { Float($0) * 3 - 36 }
    let dy = x.indices.map { Float($0 % 7) + 1 }
    let model = model(
      "q = QuantizeLinear<axis=-2>(x, scale, zero)\ny = DequantizeLinear<axis=1>(q, scale, zero)",
      inputs: [ValueInfoProto("x", .float, [2, 3, 4])],
      outputs: [ValueInfoProto("y", .float, [2, 3, 4])],
      initializers: [
        TensorProto("scale", shape: [3], floats: scales), zeros(row, count: 3, shape: [3]),
      ], opset: 17)
    let found = try model.gradients(
      by: ["x"], from: "y", inputs: ["x": Tensor(shape: [2, 3, 4], floats: x)],
      cotangent: Tensor(shape: [2, 3, 4], floats: dy))
    let wanted = expected(x, dy, x.indices.map { scales[$0 / 4 % 3] }, row)
    #expect(Difference(found[0].floats, wanted).relative <= 1e-6)
    #expect(wanted.contains(0))
  }

  /// Blocks of 2 along an axis of 4.
  @Test("A scale for each block along an axis")
  func blocks() throws {
    let row = Self.rows[6]
    let scales: [Float] = [0.1, 2, 1, 0.3]
    let x = (0..<8).map { Float($0) - 4 }
    let dy = x.indices.map { Float($0) + 1 }
    let model = model(
      """
      q = QuantizeLinear<axis=1, block_size=2>(x, scale, zero)
      y = DequantizeLinear<axis=1, block_size=2>(q, scale, zero)
      """,
      inputs: [ValueInfoProto("x", .float, [2, 4])],
      outputs: [ValueInfoProto("y", .float, [2, 4])],
      initializers: [
        TensorProto("scale", shape: [2, 2], floats: scales), zeros(row, count: 4, shape: [2, 2]),
      ], opset: 21, ir: 10)
    let found = try model.gradients(
      by: ["x"], from: "y", inputs: ["x": Tensor(shape: [2, 4], floats: x)],
      cotangent: Tensor(shape: [2, 4], floats: dy))
    let wanted = expected(x, dy, x.indices.map { scales[$0 / 4 * 2 + $0 % 4 / 2] }, row)
    #expect(Difference(found[0].floats, wanted).relative <= 1e-6)
    #expect(wanted.contains(0))
  }

  @Test("Before operator set 11, which has no Round, the ends lie half a step further")
  func oldOpset() throws {
    let row = Self.rows[0]
    let x: [Float] = [-25.2, -24.9, 0, 38.7, 39]
    let model = model(
      "q = QuantizeLinear(x, scale, zero)\ny = DequantizeLinear(q, scale, zero)",
      inputs: [ValueInfoProto("x", .float, [5])], outputs: [ValueInfoProto("y", .float, [5])],
      initializers: [
        TensorProto("scale", shape: [], floats: [0.25]), zeros(row, count: 1, shape: []),
      ],
      opset: 10)
    let found = try model.gradients(
      by: ["x"], from: "y", inputs: ["x": Tensor(shape: [5], floats: x)],
      cotangent: Tensor(shape: [5], floats: [1, 2, 3, 4, 5]))
    #expect(found[0].floats == [0, 2, 3, 4, 0])
  }

  @Test("Spelling an integer operator out leaves the model's own nodes as they are")
  func spelled() {
    let model = model(
      """
      q = QuantizeLinear(x, s, z)
      r = QLinearConv(q, s, z, w, s, z, s, z)
      y = DequantizeLinear(r, s, z)
      """,
      inputs: [ValueInfoProto("x", .float, [1, 1, 2, 2])], outputs: [ValueInfoProto("y", .float)],
      initializers: [
        TensorProto("s", shape: [], floats: [1]), zeros(Self.rows[0], count: 1, shape: []),
      ])
    let graph = Graph(model)
    #expect(
      graph.nodes.map(\.opType) == [
        "QuantizeLinear", "DequantizeLinear", "DequantizeLinear", "Conv", "QuantizeLinear",
        "DequantizeLinear",
      ])
    #expect(graph.unrunNodes.map(\.opType) == ["DequantizeLinear", "DequantizeLinear", "Conv"])
    #expect(graph.quantizedValues.isSuperset(of: ["q", "r"]))
    #expect(GraphBuilder(after: graph).extending(model, outputs: []).graph.node == model.graph.node)
  }

  @Test("An integer operator that is not known is refused with the way out")
  func refused() {
    let model = model(
      "y = com.microsoft.QLinearReduceMean(x, s, z, s, z)",
      inputs: [ValueInfoProto("x", .float, [1, 4])], outputs: [ValueInfoProto("y", .float, [1, 4])])
    let error = #expect(throws: DiagnosticError.self) {
      try model.differentiated(by: ["x"], from: "y")
    }
    #expect(error?.notes.last?.contains("quantize_static") == true)
  }
}
