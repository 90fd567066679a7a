import ONNXFormat
import ONNXGraph
import Testing
import _TestSupport

@testable import GradCAM

@Suite("Weights at random")
struct RandomizingTests {
  private static func model(_ name: String) throws -> Model {
    try Model(contentsOf: Fixtures.path(name + "/model.onnx"))
  }

  @Test(
    "Groups stand from the logits down and hold every weight once",
    arguments: [
      "Networks/resnet18-dynamo", "Networks/vgg11-torchscript", "Tokens/vit-dynamo",
      "Quantized/qdq-uint8", "Quantized/integer-uint8", "Half/float16-whole",
    ])
  func groups(name: String) throws {
    let model = try Self.model(name)
    let groups = try model.weightGroups
    #expect(groups.count > 2)
    let tensors = groups.flatMap(\.tensors)
    #expect(Set(tensors).count == tensors.count)
    let joined = WeightGroup.joined(groups, into: 3)
    #expect(joined.count == 3)
    #expect(joined.flatMap(\.tensors) == tensors)
    #expect(joined.reduce(0) { $0 + $1.count } == groups.reduce(0) { $0 + $1.count })
  }

  @Test(
    "Numbers change places, and stay the same numbers of the same shape",
    arguments: [
      "Networks/resnet18-torchscript", "Quantized/qdq-uint8", "Half/float16-whole",
      "Tokens/vit-torchscript",
    ])
  func shuffled(name: String) throws {
    let model = try Self.model(name)
    let groups = try model.weightGroups
    let top = try #require(groups.first)
    let random = try model.randomizing([top], seed: 3)
    let before = try Self.tensors(of: model), after = try Self.tensors(of: random)
    #expect(Set(before.keys) == Set(after.keys))
    for (name, tensor) in before {
      let changed = try #require(after[name])
      #expect(changed.dims == tensor.dims && changed.type == tensor.type)
      if top.tensors.contains(name) {
        #expect(changed.bytes.sorted() == tensor.bytes.sorted())
        if tensor.bytes.count > 64 { #expect(changed.bytes != tensor.bytes, "\(name)") }
      } else {
        #expect(changed.bytes == tensor.bytes, "\(name)")
      }
    }
  }

  @Test("A seed gives the same weights again, whatever else is random, and another seed others")
  func seeds() throws {
    let model = try Self.model("Networks/resnet18-dynamo")
    let groups = try model.weightGroups
    let weights = try #require(groups[1].tensors.first)
    func bytes(_ groups: [WeightGroup], _ seed: UInt32) throws -> [UInt8] {
      try #require(try Self.tensors(of: model.randomizing(groups, seed: seed))[weights]).bytes
    }
    let alone = try bytes([groups[1]], 1)
    #expect(try bytes(Array(groups[...3]), 1) == alone)
    #expect(try bytes([groups[1]], 2) != alone)
  }

  @Test("External weights are read where they lie, and their file is not touched")
  func external() throws {
    let path = Fixtures.path("Models/external.onnx")
    let before = try Fixtures.data("Models/external.onnx.data")
    let model = try Model(contentsOf: path)
    let random = try model.randomizing(try model.weightGroups)
    #expect(try Fixtures.data("Models/external.onnx.data") == before)
    #expect(try random.sha256 != model.sha256)
    let layer = try #require(model.defaultLayer)
    #expect(try random.layer(named: layer.valueName).shape == layer.shape)
  }

  @Test("The model's other outputs follow: its logits change, and its default layer stays")
  func explained() throws {
    let model = try Self.model("Networks/vgg11-dynamo")
    let input = try FloatTensor(contentsOf: Fixtures.path("Networks/vgg11-dynamo/input.npy"))
    let image = FloatTensor(
      shape: Array(input.shape.dropFirst()),
      values: Array(input.values.prefix(input.values.count / 2)))
    let random = try model.randomizing(try model.weightGroups, seed: 5)
    #expect(random.defaultLayer?.name == model.defaultLayer?.name)
    let first = try Explainer(model).probabilities(of: image)
    let second = try Explainer(random).probabilities(of: image)
    #expect(first != second && second.allSatisfy(\.isFinite))
  }

  private struct Stored {
    let dims: [Int64]
    let type: Int32
    let bytes: [UInt8]
  }

  /// The tensors that may be weights, with their bytes.
  private static func tensors(of model: Model) throws -> [String: Stored] {
    let file = try model.original.prepared()
    var found: [String: Stored] = [:]
    for tensor in file.proto.graph.initializer {
      found[tensor.name] = Stored(
        dims: tensor.dims, type: tensor.dataType, bytes: Array(try file.rawBytes(of: tensor)))
    }
    for node in file.proto.graph.node {
      guard let tensor = node.shuffledConstant else { continue }
      found[node.output[0]] = Stored(
        dims: tensor.dims, type: tensor.dataType, bytes: Array(try file.rawBytes(of: tensor)))
    }
    return found
  }
}
