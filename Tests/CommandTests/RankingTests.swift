import Foundation
import GradCAM
import Testing
import _TestSupport

@Suite("gradcam layers --rank")
struct RankingTests {
  @Test("Layers are compared in a table, with the reason in words")
  func table() throws {
    let result = try Command.run(["layers", "--rank", model, input])
    #expect(result.code == 0, "\(result.errors)")
    let lines = result.text.split(separator: "\n")
    #expect(lines[0].hasPrefix("model.onnx  "))
    #expect(
      lines[1].split(separator: " ")
        == ["layer", "size", "gradient", "strength", "for", "focus", "agrees", "verdict"])
    #expect(lines.contains { $0.hasPrefix("*  layer4 ") && $0.contains(" 1.00 ") })
    #expect(lines.last?.contains("refused  not spatial: GlobalAveragePool left one place") == true)
    #expect(lines.count == 9)
  }

  @Test("For machines")
  func json() throws {
    struct Report: Decodable {
      struct Row: Decodable {
        let name, value, verdict: String
        let isDefault: Bool
        let gradientShare, gradientSize, positiveShare, concentration, score: Float
        let findings: [String]
      }
      struct Refused: Decodable { let name, reason: String }
      let `default`, method: String
      let layers: [Row]
      let refused: [Refused]
    }
    let result = try Command.run(["layers", "--rank", model, input, "--json", "--all"])
    let report = try JSONDecoder().decode(Report.self, from: result.output)
    #expect(report.default == "layer4")
    #expect(report.layers.count > 10)
    #expect(report.layers.count { $0.isDefault } == 1)
    #expect(report.refused.map(\.name) == ["avgpool"])
    #expect(result.errors.isEmpty)
  }

  @Test("Layers named are compared with the default layer")
  func named() throws {
    let result = try Command.run([
      "layers", "--rank", model, input, "--layer", "layer4[0]", "--layer", "layer2",
      "--target", "3",
    ])
    let names = result.text.split(separator: "\n").dropFirst(2).map {
      $0.dropFirst(3).prefix { $0 != " " }
    }
    #expect(Set(names) == ["layer4", "layer4.0", "layer2", "avgpool"])
    #expect(result.text.contains("class 3"))
  }

  @Test("The maps are drawn side by side")
  func figure() throws {
    let folder = TemporaryFolder()
    let path = folder.appending("layers.svg")
    let result = try Command.run(["layers", "--rank", model, input, "-o", path])
    #expect(result.text.contains("figure: \(path)\n"))
    let text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    #expect(text.contains("layer4 *"))
    #expect(text.components(separatedBy: "<image").count == 9)
  }

  @Test(
    "What does not go together is refused",
    arguments: [
      (["--rank"], "'--rank' compares layers on a photo, and none is given"),
      (["PHOTO"], "is not looked at"),
      (["--rank", "PHOTO", "--target", "top:2"], "'--rank' takes one class, not 2"),
      (["--rank", "PHOTO", "--layer", "layer9"], "No layer named 'layer9'"),
      (["--rank", "PHOTO", "--layer", "layer4[:2]"], "means several layers"),
      (["--rank", "PHOTO", "--json", "-o", "-"], "standard output"),
      (["--rank", Fixtures.path("Operators")], "'--rank' takes one photo, not "),
    ] as [([String], String)])
  func refused(arguments: [String], words: String) throws {
    let result = try Command.run(
      ["layers", model] + arguments.map { $0 == "PHOTO" ? input : $0 })
    #expect(result.errors.contains(words), "\(result.errors)")
    #expect(result.code == 2)
    #expect(result.text.isEmpty)
  }

  private let model = Fixtures.path("Networks/resnet18-torchscript/model.onnx")

  /// One image as numbers.
  private var input: String { Self.input }

  private static let input: String = {
    let folder = FileManager.default.temporaryDirectory.path
    let path = "\(folder)/gradcam-ranking-\(ProcessInfo.processInfo.processIdentifier).npy"
    let shape = [3, 40, 40]
    let tensor = FloatTensor(
      shape: shape, values: (0..<4800).map { Float(($0 * 7919) % 1000) / 500 - 1 })
    try? tensor.write(to: path)
    return path
  }()
}
