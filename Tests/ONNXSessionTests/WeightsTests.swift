#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

import ONNXFormat
import ONNXSession
import SwiftProtobuf
import Testing
import _TestSupport

@Suite("A session's weights")
struct WeightsTests {
  let folder = TemporaryFolder()

  /// 512 weights, 2 KiB, each its own place's number.
  private static let weights = (0..<512).map { Float($0) }

  /// Graphs that hold the weights in different places, and give x · w.
  private static var graphs: [String: ModelProto] {
    let initializer = TensorProto("w", shape: [512], floats: weights)
    var typed = TensorProto()
    (typed.name, typed.dims, typed.dataType, typed.floatData) = ("w", [512], 1, weights)
    let inputs = [ValueInfoProto("x", .float, [1])]
    let outputs = [ValueInfoProto("y", .float, [512])]
    let constant = NodeProto(
      "Constant", [], ["w"], attributes: [AttributeProto("value", initializer)])
    return [
      "raw": model("y = Mul(x, w)", inputs: inputs, outputs: outputs, initializers: [initializer]),
      "typed": model("y = Mul(x, w)", inputs: inputs, outputs: outputs, initializers: [typed]),
      "constant": model(
        nodes: [constant] + nodes("y = Mul(x, w)"), inputs: inputs, outputs: outputs),
      "branch": model(
        nodes: [branching(constant)], inputs: inputs, outputs: outputs,
        initializers: [condition]),
      "function": calling(constant, inputs: inputs, outputs: outputs),
    ]
  }

  /// A true boolean.
  private static var condition: TensorProto {
    var tensor = TensorProto()
    (tensor.name, tensor.dataType, tensor.int32Data) = ("true", ElementType.bool.rawValue, [1])
    return tensor
  }

  /// A node that runs the constant in a graph of its own.
  private static func branching(_ constant: NodeProto) -> NodeProto {
    var branch = GraphProto()
    branch.name = "branch"
    branch.node = [constant] + nodes("b = Mul(x, w)")
    branch.output = [ValueInfoProto("b", .float, [512])]
    let attributes = ["then_branch", "else_branch"].map { name in
      var attribute = AttributeProto()
      (attribute.name, attribute.type, attribute.g) = (name, AttributeProto.Kind.graph, branch)
      return attribute
    }
    return NodeProto("If", ["true"], ["y"], attributes: attributes)
  }

  /// A model that runs the constant in a function of its own.
  private static func calling(
    _ constant: NodeProto, inputs: [ValueInfoProto], outputs: [ValueInfoProto]
  ) -> ModelProto {
    var result = model("y = local.Scale(x)", inputs: inputs, outputs: outputs)
    var function = FunctionProto()
    (function.name, function.domain) = ("Scale", "local")
    (function.input, function.output) = (["a"], ["b"])
    function.node = [constant] + nodes("b = Mul(a, w)")
    function.opsetImport = result.opsetImport
    var local = OperatorSetIdProto()
    (local.domain, local.version) = ("local", 1)
    result.opsetImport.append(local)
    result.functions = [function]
    return result
  }

  @Test(
    "are read from the model's own file",
    arguments: ["raw", "typed", "constant", "branch", "function"])
  func ownFile(kind: String) throws {
    let proto = try #require(Self.graphs[kind])
    let path = try folder.write(try proto.serializedBytes() as [UInt8], to: "model.onnx")
    let file = try ModelFile(contentsOf: path)
    #expect(try file.sessionData().count < 700)
    let y = try run(file, ["x": Tensor(shape: [1], floats: [2])])[0]
    #expect(y.floats == Self.weights.map { $0 * 2 })
  }

  @Test(
    "are the same after the graph is rewritten and written",
    arguments: ["raw", "constant", "branch", "function"])
  func rewritten(kind: String) throws {
    let proto = try #require(Self.graphs[kind])
    let path = try folder.write(try proto.serializedBytes() as [UInt8], to: "model.onnx")
    var file = try ModelFile(contentsOf: path)
    file.proto.graph.node += nodes("z = Neg(y)")
    file.proto.graph.output.append(ValueInfoProto("z", .float, [512]))
    let copy = folder.appending("copy.onnx")
    try file.write(to: copy)
    let x = ["x": Tensor(shape: [1], floats: [3])]
    let expected = [Self.weights.map { $0 * 3 }, Self.weights.map { -$0 * 3 }]
    #expect(try run(file, x).map(\.floats) == expected)
    #expect(try run(ModelFile(contentsOf: copy), x).map(\.floats) == expected)
  }

  @Test("are found through the links of a download cache, and from any folder")
  func cache() throws {
    var proto = try #require(Self.graphs["raw"])
    let data = proto.graph.initializer[0].rawData
    proto.graph.initializer[0].clearRawData()
    proto.graph.initializer[0].external = ExternalData(
      location: "model.onnx_data", offset: 3, length: 2048)
    try folder.write([7, 7, 7] + data, to: "blobs/22bb")
    try folder.write(try proto.serializedBytes() as [UInt8], to: "blobs/11aa")
    try folder.write([], to: "snapshots/main/empty")
    for (name, blob) in [("model.onnx", "11aa"), ("model.onnx_data", "22bb")] {
      try FileManager.default.createSymbolicLink(
        atPath: folder.appending("snapshots/main/\(name)"),
        withDestinationPath: "../../blobs/\(blob)")
    }
    let file = try ModelFile(contentsOf: folder.appending("snapshots/main/model.onnx"))
    let y = try run(file, ["x": Tensor(shape: [1], floats: [1])])[0]
    #expect(y.floats == Self.weights)
  }

  @Test("may lie past two gigabytes in their file")
  func farOffset() throws {
    let offset = (3 << 30) + 5
    let path = try folder.write([], to: "weights.bin")
    let handle = try #require(FileWriter(path))
    // The file is sparse: nothing but the weights takes room on the disk.
    #expect(handle.write(Self.weights, at: offset))
    var proto = try #require(Self.graphs["raw"])
    proto.graph.initializer[0].clearRawData()
    proto.graph.initializer[0].external = ExternalData(
      location: "weights.bin", offset: offset, length: 2048)
    let model = try folder.write(try proto.serializedBytes() as [UInt8], to: "model.onnx")
    let y = try run(ModelFile(contentsOf: model), ["x": Tensor(shape: [1], floats: [1])])[0]
    #expect(y.floats == Self.weights)
  }
}
