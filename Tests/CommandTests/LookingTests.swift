import Foundation
import GradCAM
import Testing
import _TestSupport

@Suite("gradcam layers and gradcam doctor")
struct LookingTests {
  @Test("Layers are listed in order, the default marked")
  func layers() throws {
    let result = try Command.run(["layers", fixture("plain")])
    #expect(
      result.text == """
           layer         shape  operator  paths  value
           input         3×8×8  Input     all
           conv_Conv     4×8×8  Conv      all    conv
        *  feature_Relu  4×8×8  Relu      all    feature

        """)
    #expect(result.errors.isEmpty)
    #expect(result.code == 0)
  }

  @Test("Layers for machines")
  func layersJSON() throws {
    struct Listing: Decodable {
      struct Entry: Decodable {
        let name, value: String
        let aliases: [String]
        let `operator`: String
        let shape: [Int]
        let isDefault, isOnEveryPath: Bool
      }
      let `default`: String
      let layers: [Entry]
    }
    let result = try Command.run(["layers", fixture("plain"), "--json"])
    let listing = try JSONDecoder().decode(Listing.self, from: result.output)
    #expect(listing.default == "feature_Relu")
    #expect(listing.layers.map(\.value) == ["input", "conv", "feature"])
    #expect(listing.layers.map(\.isDefault) == [false, false, true])
    #expect(listing.layers[2].aliases == ["feature"])
    #expect(listing.layers.allSatisfy { $0.shape.count == 3 && $0.isOnEveryPath })
  }

  @Test("Layers of a model that is none")
  func badModel() throws {
    let result = try Command.run(["layers", "text.onnx"], in: Fixtures.path("Models"))
    #expect(result.errors.hasPrefix("Error: 'text.onnx' is not an ONNX model: "))
    #expect(result.code == 2)
    #expect(result.text.isEmpty)
  }

  /// What `gradcam doctor --json` tells that tests can know.
  struct Diagnosis: Decodable {
    struct Program: Decodable {
      let version, swift: String
    }
    struct Runtime: Decodable {
      let version, path: String?
      let providers: [String]?
    }
    struct Format: Decodable {
      let opset, ir, nodes: Int
    }
    struct Logits: Decodable {
      let value, activation: String
    }
    struct Rule: Decodable {
      let `operator`, node: String
    }
    struct Model: Decodable {
      let sha256: String
      let format: Format
      let logits: Logits
      let withoutRule: [Rule]
      let labels: [String]?
      let allClasses: AllClasses?
    }
    struct AllClasses: Decodable {
      let closedForm: Bool
      let methods: [String]
      let obstacle: String?
    }
    let gradcam: Program
    let onnxRuntime: Runtime
    let model: Model?
  }

  private func diagnosis(_ result: Command.Result) throws -> Diagnosis {
    try JSONDecoder().decode(Diagnosis.self, from: result.output)
  }

  @Test("The doctor tells versions and places")
  func doctor() throws {
    let result = try Command.run(["doctor", "--json"])
    let found = try diagnosis(result)
    #expect(result.code == 0)
    #expect(found.gradcam.version == GradCAMVersion.current)
    #expect(found.onnxRuntime.version?.hasPrefix("1.") == true)
    #expect(found.onnxRuntime.providers?.contains("cpu") == true)
    #expect(found.model == nil)
    let text = try Command.run(["doctor"]).text
    for title in ["gradcam", "ONNX Runtime", "Pictures"] {
      #expect(text.split(separator: "\n").contains { $0 == title })
    }
  }

  @Test("The doctor tells what was found in a model")
  func doctorOfModel() throws {
    let found = try diagnosis(Command.run(["doctor", fixture("softmax-tail"), "--json"]))
    let model = try #require(found.model)
    #expect(model.format.opset == 17)
    #expect(model.logits.value == "logits")
    #expect(model.logits.activation == "softmax")
    #expect(model.withoutRule.isEmpty)
    #expect(model.labels == nil)
    let other = try diagnosis(Command.run(["doctor", fixture("reverse-sequence-after"), "--json"]))
    #expect(other.model?.withoutRule.map(\.operator) == ["ReverseSequence"])
    #expect(other.model?.withoutRule.map(\.node) == ["reversed_ReverseSequence"])
  }

  @Test(
    "The doctor tells whether all classes are one product",
    arguments: [
      ("Networks/resnet18-torchscript", nil),
      ("Networks/vgg11-torchscript", "operator AveragePool ('"),
    ])
  func doctorOfClasses(network: String, obstacle: String?) throws {
    let path = Fixtures.path(network + "/model.onnx")
    let classes = try #require(
      try diagnosis(Command.run(["doctor", path, "--json"])).model?.allClasses)
    #expect(classes.closedForm == (obstacle == nil))
    #expect(classes.methods == (obstacle == nil ? ["gradcam", "cam", "xgradcam", "hirescam"] : []))
    if let obstacle { #expect(classes.obstacle?.hasPrefix(obstacle) == true) }
  }

  @Test("A missing runtime is told, and ends with exit code 3")
  func noRuntime() throws {
    let result = try Command.run(
      ["doctor", fixture("plain")], environment: ["GRADCAM_ORT": "/absent/lib"])
    #expect(result.code == 3)
    #expect(result.text.contains("  version    not found\n"))
    #expect(result.text.contains("  logits          'logits', the output itself\n"))
    #expect(result.errors.hasPrefix("Error: No ONNX Runtime at '/absent/lib'"))
  }

  @Test("A model that cannot be read ends with exit code 2, after what could be told")
  func badModelForDoctor() throws {
    let result = try Command.run(["doctor", fixture("tabular")])
    #expect(result.code == 2)
    #expect(result.text.contains("ONNX Runtime\n  version"))
    #expect(result.errors.hasPrefix("Error: Model 'tabular.onnx' takes no image, but rows"))
  }
}
