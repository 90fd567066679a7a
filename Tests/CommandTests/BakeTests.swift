import Foundation
import GradCAM
import Testing
import _TestSupport

@Suite("gradcam bake")
struct BakeTests {
  /// What the report says that is tested here.
  private struct Found: Decodable {
    struct Heatmap: Decodable {
      let type: String
      let shape: [String]
    }
    struct Verified: Decodable {
      let batches: [Int]
      let isIdentical: Bool
      let heatmapDifference: Double
    }
    let file, output: String
    let target: String?
    let heatmap: Heatmap
    let properties: [String: String]
    let verified: Verified?
  }

  private func bake(_ folder: Pictures, _ model: String, _ arguments: String...) throws
    -> Command.Result
  {
    try Command.run(["bake", fixture(model), "-o", "why.onnx"] + arguments, in: folder.path)
  }

  @Test("A file is written, verified and told of")
  func report() throws {
    let folder = try Pictures()
    let result = try bake(folder, "plain", "--size", "input", "--uint8", "--json")
    #expect(result.code == 0 && result.errors.isEmpty)
    let found = try JSONDecoder().decode(Found.self, from: result.output)
    #expect(found.file == "why.onnx" && found.output == "heatmap" && found.target == nil)
    #expect(found.heatmap.type == "uint8" && found.heatmap.shape.count == 3)
    #expect(found.properties["gradcam.heatmap.method"] == "gradcam")
    let verified = try #require(found.verified)
    #expect(verified.batches == [1, 3] && verified.isIdentical)
    #expect(verified.heatmapDifference <= 1)
    #expect(folder.added == ["why.onnx"])
  }

  @Test("The text names the output, the input of classes and what was verified")
  func text() throws {
    let folder = try Pictures()
    let result = try bake(folder, "plain", "--target", "input")
    #expect(result.code == 0)
    #expect(result.text.hasPrefix("why.onnx  "))
    #expect(result.text.contains("'target': int64, a class for each image"))
    #expect(result.text.contains("outputs as before to the bit, heatmap within"))
  }

  @Test("A baked file is a model like any other, which can be explained")
  func explained() throws {
    let folder = try Pictures()
    _ = try bake(folder, "plain", "--no-verify", "-q")
    let result = try Command.run(["explain", "why.onnx", "photo.png", "--json"], in: folder.path)
    let plain = try Command.run(
      ["explain", fixture("plain"), "photo.png", "--json"], in: folder.path)
    let (found, wanted) = (try Report(result), try Report(plain))
    #expect(found.explanations[0].class == wanted.explanations[0].class)
    #expect(found.explanations[0].logit == wanted.explanations[0].logit)
    #expect(found.explanations[0].map.max == wanted.explanations[0].map.max)
  }

  @Test(
    "What cannot be baked is refused, and nothing is written",
    arguments: [
      (["--method", "rise"], "Error: Method 'rise' cannot be baked: it takes several runs"),
      (["--layer", "featur"], "Error: No layer named 'featur' in 'plain.onnx'"),
      (["--target", "input", "--target", "1"], "Error: "),
      (["--target", "99"], "Error: Class 99 is out of range"),
    ])
  func refused(_ arguments: [String], _ message: String) throws {
    let folder = try Pictures()
    let result = try Command.run(
      ["bake", fixture("plain"), "-o", "why.onnx"] + arguments, in: folder.path)
    #expect(result.errors.hasPrefix(message), "\(result.errors)")
    #expect(result.code == 2)
    #expect(folder.added.isEmpty)
  }
}
