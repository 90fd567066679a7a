import Foundation
import GradCAM
import Testing
import _TestSupport

@Suite("gradcam compare")
struct CompareTests {
  /// What the report says that is tested here.
  private struct Found: Decodable {
    struct Side: Decodable {
      let `class`: Int
      let layer: String
      let sha256: String
    }
    struct Similarity: Decodable {
      let pearson, cosine: Double?
      let ssim: Double
    }
    let models: [Side]
    let similarity: Similarity
    let figure: String?
  }

  private func compare(
    _ folder: Pictures, _ first: String, _ second: String, _ arguments: String...
  ) throws -> Command.Result {
    try Command.run(
      ["compare", fixture(first), fixture(second), "photo.png", "--preprocess", "imagenet"]
        + arguments,
      in: folder.path)
  }

  @Test("Models that compute the same have the same map, whatever the graph")
  func same() throws {
    let folder = try Pictures()
    let result = try compare(folder, "plain", "functions", "--json")
    #expect(result.code == 0 && result.errors.isEmpty)
    let found = try JSONDecoder().decode(Found.self, from: result.output)
    #expect(found.models.map(\.layer) == ["feature_Relu", "feature_Rectify"])
    #expect(found.models[0].class == found.models[1].class)
    #expect(found.models[0].sha256 != found.models[1].sha256)
    #expect(try #require(found.similarity.pearson) > 0.999_999)
    #expect(found.similarity.ssim > 0.999_999)
    #expect(found.figure == "photo.compare.png")
    #expect(folder.added == ["photo.compare.png"])
    let entries = try Image.metadata(contentsOf: folder.appending("photo.compare.png"))
    #expect(entries.contains { $0.key == "Similarity" })
    #expect(entries.contains { $0.key == "Second Model SHA-256" })
  }

  @Test("A table a model and the similarity in a line")
  func table() throws {
    let folder = try Pictures()
    let result = try compare(folder, "plain", "plain", "--target", "2", "-o", "none")
    let lines = result.text.split(separator: "\n").map(String.init)
      .filter { !$0.hasPrefix("note: ") }
    try #require(lines.count == 4)
    #expect(
      lines[0].split(separator: " ") == ["model", "layer", "class", "probability", "logit"])
    #expect(lines[1].hasPrefix("plain.onnx  feature_Relu      2  "))
    #expect(lines[2] == lines[1])
    #expect(lines[3] == "Pearson 1.000  cosine 1.000  SSIM 1.000")
    #expect(folder.added.isEmpty)
  }

  @Test("Where the models count classes differently, it is said")
  func counts() throws {
    let folder = try Pictures()
    let result = try compare(folder, "plain", "one-logit", "--target", "0", "-o", "none")
    let words =
      "'plain.onnx' has 5 classes and 'one-logit.onnx' has 1: class 0 may be another in each"
    #expect(
      result.code == 0 && result.text.contains("note: \(words)\n") || result.errors.contains(words))
    let same = try compare(folder, "plain", "functions", "--target", "0", "-o", "none")
    #expect(!(same.text + same.errors).contains("may be another"))
  }

  @Test("Another layer gives another map, and a check can fail for it")
  func check() throws {
    let folder = try Pictures()
    let result = try compare(
      folder, "plain", "plain", "--target", "2", "--layer-b", "input", "-o", "none", "--at-least",
      "0.9")
    #expect(result.code == 1)
    #expect(result.errors.contains("Error: The correlation is "))
    let passing = try compare(
      folder, "plain", "plain", "--target", "2", "-o", "none", "--at-least", "0.9")
    #expect(passing.code == 0 && !passing.errors.contains("Error"))
  }

  @Test("An even map has no correlation, which fails a check too")
  func even() throws {
    let folder = try Pictures()
    let result = try compare(
      folder, "plain", "only-evidence-against", "--target", "0", "-o", "none", "--at-least=-1")
    #expect(result.code == 1)
    #expect(result.text.contains("note: only-evidence-against.onnx: the map is zero everywhere"))
    #expect(result.errors.contains("Error: The correlation is not defined, for a map is even"))
  }

  @Test("Quantized and float are compared at layers of their own names")
  func quantized() throws {
    let folder = try Pictures()
    let paths = ["qdq-uint8", "integer-uint8"].map {
      Fixtures.path("Quantized/\($0)/model.onnx")
    }
    let result = try Command.run(
      ["compare"] + paths + ["photo.png", "--json", "-o", "none"], in: folder.path)
    let found = try JSONDecoder().decode(Found.self, from: result.output)
    #expect(result.code == 0 && found.models[0].layer != found.models[1].layer)
    #expect(found.similarity.ssim > 0.5)
  }

  @Test(
    "What cannot be compared is refused, and nothing is written",
    arguments: [
      (["--layer", "input"], "Error: '--layer' is for one model"),
      (
        ["--method", "gradcam", "--method", "occlusion"],
        "Error: Two models are compared by one method"
      ),
      (["--target", "top:3"], "Error: 'top:3' means several classes, but one is compared"),
      (["--layer-b", "featur"], "Error: No layer named 'featur' in 'plain.onnx'"),
      (["-o", "-", "--json"], "Error: '-o -' and '--json' both write to standard output"),
      (["--at-least", "2"], "Error: '--at-least 2.0' is not between -1 and 1"),
    ])
  func refused(_ arguments: [String], _ message: String) throws {
    let folder = try Pictures()
    let result = try Command.run(
      ["compare", fixture("plain"), fixture("plain"), "photo.png"] + arguments, in: folder.path)
    #expect(result.errors.hasPrefix(message))
    #expect(result.code == 2)
    #expect(folder.added.isEmpty)
  }

  @Test("A folder is not one photo")
  func folder() throws {
    let folder = try Pictures()
    let result = try Command.run(
      ["compare", fixture("plain"), fixture("plain"), numbers], in: folder.path)
    #expect(result.errors.hasPrefix("Error: '\(numbers)' is not one photo"))
    #expect(result.code == 2)
  }
}
