import ONNXFormat
import Testing
import _TestSupport

@testable import GradCAM

@Suite("Baked models")
struct BakingTests {
  /// Reads a model of the fixtures: a file of `Models`, or a folder with a network.
  private static func model(_ name: String) throws -> Model {
    let isFile = name.hasPrefix("Models")
    guard !isFile else { return try Model(contentsOf: Fixtures.path(name + ".onnx")) }
    let input = try FloatTensor(contentsOf: Fixtures.path(name + "/input.npy"))
    let isLast = input.shape[3] == 3
    let size = ImageSize(width: input.shape[isLast ? 2 : 3], height: input.shape[isLast ? 1 : 2])
    return try Model(contentsOf: Fixtures.path(name + "/model.onnx"), size: size)
  }

  /// Families, exporters, orders of axes, integers, old files, functions, volumes, segmentation.
  static let models = [
    "Models/plain", "Models/opset-7", "Models/initializers-are-inputs",
    "Models/fixed-batch-of-four",
    "Models/functions", "Models/zip-map", "Models/channels-last", "Models/bytes",
    "Models/segmentation", "Models/volume", "Models/external", "Networks/resnet18-dynamo",
    "Networks/vgg11-torchscript", "Networks/densenet121-torchscript", "Tokens/vit-dynamo",
    "Tokens/swin-torchscript", "Tokens/convnext-dynamo", "Quantized/qdq-uint8",
    "Quantized/integer-uint8", "Zoo/caffe2-squeezenet", "Zoo/keras-mobilenet_v2-tf2onnx",
  ]

  @Test(
    "A file gives the model's outputs to the bit, and the library's heatmap", arguments: models)
  func verified(name: String) throws {
    let folder = TemporaryFolder()
    let model = try Self.model(name)
    let check = try #require(
      try model.baking().write(to: folder.appending("baked.onnx"), weights: .inside))
    #expect(check.heatmapDifference <= 1e-5)
    #expect(check.batches == (model.input.fixedBatch.map { [$0] } ?? [1, 3]))
    #expect(!check.outputs.isEmpty || name == "Models/zip-map")
    #expect(folder.names == ["baked.onnx"])
  }

  @Test(
    "Every method that can be baked gives in a file what the library gives",
    arguments: Method.all.filter(\.canBeBaked).map(\.name),
    ["Networks/resnet18-dynamo", "Tokens/vit-dynamo", "Models/channels-last"])
  func methods(method: String, name: String) throws {
    let folder = TemporaryFolder()
    let model = try Self.model(name)
    let method = try #require(Method.named(method))
    do {
      try model.baking(method, for: .fixed([.class(1)])).write(to: folder.appending("baked.onnx"))
    } catch {
      // Neither has a head that is linear in means.
      #expect(method == .cam && error.message.contains("not linear in the means"), "\(error)")
    }
  }

  @Test(
    "Sizes, numbers and evidence are the library's",
    arguments: [
      BakingOptions(size: .input), BakingOptions(size: .pixels(ImageSize(width: 23, height: 17))),
      BakingOptions(size: .input, values: .raw), BakingOptions(evidence: .against),
      BakingOptions(evidence: .both, size: .input, values: .bytes), BakingOptions(values: .bytes),
    ])
  func options(options: BakingOptions) throws {
    let folder = TemporaryFolder()
    for name in ["Networks/resnet18-dynamo", "Models/volume"] {
      for method in [Method.gradCAM, .inputXGradient] {
        let baked = try Self.model(name).baking(method, for: .top(2), options: options)
        try baked.write(to: folder.appending("baked.onnx"))
        #expect(baked.sides[0] == 2)
      }
    }
  }

  @Test("Maps of several layers are joined as the library joins them", arguments: Fusion.all)
  func layers(fusion: Fusion) throws {
    let folder = TemporaryFolder()
    let model = try Self.model("Networks/resnet18-dynamo")
    let baked = try model.baking(
      at: ["layer2", "layer3", "layer4"], options: BakingOptions(fusion: fusion))
    try baked.write(to: folder.appending("baked.onnx"))
    let error = try #require(throws: DiagnosticError.self) {
      try model.baking(at: ["layer2", "layer3"], options: BakingOptions(values: .raw))
    }
    #expect(error.message.contains("no common scale"))
  }

  @Test("The class can be an input, whose default is the predicted class")
  func input() throws {
    let folder = TemporaryFolder()
    for name in ["Models/plain", "Models/initializers-are-inputs", "Tokens/vit-dynamo"] {
      let baked = try Self.model(name).baking(for: .input)
      #expect(baked.targetName == "target")
      #expect(baked.needsTarget == (name == "Models/initializers-are-inputs"))
      try baked.write(to: folder.appending("baked.onnx"))
    }
  }

  @Test("What takes several runs is refused, with what can be baked")
  func refused() throws {
    let model = try Self.model("Models/plain")
    let error = try #require(throws: DiagnosticError.self) { try model.baking(.scoreCAM) }
    #expect(
      error.message == "Method 'scorecam' cannot be baked: it takes several runs of the model")
    for method in ["gradcam", "guided-gradcam", "fem", "gradient", "input-x-gradient"] {
      #expect(error.help?.contains(method) == true)
    }
    let none = try #require(throws: DiagnosticError.self) { try model.baking(.fem, for: .input) }
    #expect(none.message.contains("does not look at the target"))
  }

  @Test("Names are free ones, and the file tells how it was made")
  func again() throws {
    let folder = TemporaryFolder()
    let first = try Self.model("Models/plain").baking(.layerCAM, for: .input)
    try first.write(to: folder.appending("once.onnx"))
    let once = try Model(contentsOf: folder.appending("once.onnx"))
    let second = try once.baking(.gradCAM, for: .input)
    #expect(second.outputName == "heatmap_2" && second.targetName == "target_2")
    try second.write(to: folder.appending("twice.onnx"))
    let twice = try Model(contentsOf: folder.appending("twice.onnx"))
    #expect(twice.metadata["gradcam.heatmap.method"] == "layercam")
    #expect(twice.metadata["gradcam.heatmap_2.method"] == "gradcam")
    #expect(twice.metadata["gradcam.heatmap_2.model.sha256"] == (try once.sha256))
    #expect(twice.declaredOutputs.map(\.name) == ["logits", "heatmap", "heatmap_2"])
  }

  @Test("Weights are where they are wanted", arguments: BakedWeights.allCases)
  func weights(weights: BakedWeights) throws {
    let folder = TemporaryFolder()
    for name in ["plain.onnx", "external.onnx", "external.onnx.data"] {
      try folder.write(Array(try Fixtures.data("Models/\(name)")), to: name)
    }
    let before = folder.names
    for name in ["plain", "external"] {
      let model = try Model(contentsOf: folder.appending("\(name).onnx"))
      try model.baking().write(to: folder.appending("\(name).baked.onnx"), weights: weights)
      let read = try ModelFile(contentsOf: folder.appending("\(name).baked.onnx"))
      let files = read.externalPaths.map(\.lastPathComponent)
      switch weights {
      case .inside: #expect(files.isEmpty)
      case .beside: #expect(files.allSatisfy { $0 == "\(name).baked.onnx.data" })
      case .original, .kept:
        #expect(files.allSatisfy { $0 == (name == "plain" ? "plain.onnx" : "external.onnx.data") })
      }
    }
    let added = Set(folder.names).subtracting(before)
    #expect(added.allSatisfy { $0.contains(".baked.onnx") && !$0.hasPrefix(".") })
    // In another folder nothing can be pointed to.
    let other = TemporaryFolder()
    let model = try Model(contentsOf: folder.appending("external.onnx"))
    do {
      try model.baking().write(to: other.appending("b.onnx"), weights: weights)
      let names = other.names
      #expect(names == (weights == .inside ? ["b.onnx"] : ["b.onnx", "b.onnx.data"]))
    } catch {
      #expect(weights == .original && error.message.contains("lie outside"))
    }
  }

  @Test("The model itself is not written over, and a failure leaves nothing")
  func safe() throws {
    let folder = TemporaryFolder()
    try folder.write(Array(try Fixtures.data("Models/plain.onnx")), to: "plain.onnx")
    let path = folder.appending("plain.onnx")
    let baked = try Model(contentsOf: path).baking()
    let error = try #require(throws: DiagnosticError.self) { try baked.write(to: path) }
    #expect(error.message.contains("cannot be written over"))
    #expect(throws: DiagnosticError.self) {
      try baked.write(to: folder.appending("none/baked.onnx"))
    }
    #expect(folder.names == ["plain.onnx"])
  }

  @Test("A broken file is found out")
  func rules() throws {
    let proto = try ModelFile(contentsOf: Fixtures.path("Models/plain.onnx")).proto
    #expect(proto.firstFault == nil)
    var twice = proto
    twice.graph.node.append(twice.graph.node[0])
    #expect(twice.firstFault?.contains("is given twice") == true)
    var disordered = proto
    disordered.graph.node.reverse()
    #expect(disordered.firstFault?.contains("which nothing before it gives") == true)
    var foreign = proto
    foreign.graph.node[0].domain = "elsewhere"
    #expect(foreign.firstFault == "it does not import domain 'elsewhere'")
    var nothing = proto
    nothing.graph.output[0].name = "nowhere"
    #expect(nothing.firstFault == "nothing gives output 'nowhere'")
  }
}
