import Foundation
import GradCAM
import Testing
import _TestSupport

@Suite("gradcam diff")
struct DiffTests {
  /// What the report says that is tested here.
  private struct Found: Decodable {
    struct Prediction: Decodable {
      let `class`: Int
      let probability: Double?
    }
    struct Photo: Decodable {
      struct Similarity: Decodable {
        let pearson, spearman, hog: Double?
        let ssim: Double
      }
      let input: String
      let similarity: Similarity
      let old, new: Prediction
      let isChanged: Bool
    }
    struct Spread: Decodable { let lowest, median, mean: Double }
    let photos: [Photo]
    let similarity: Spread?
    let unlike, changed: Int
    let failures: [String]
    let report: String?
  }

  /// A folder with several photos of different content.
  private func folder() throws -> Pictures {
    let folder = try Pictures()
    for number in 0..<5 {
      let pixels = (0..<3 * 16 * 12).map {
        UInt8(truncatingIfNeeded: $0 &* (number &* 24 &+ 31) &+ $0 / (number + 3))
      }
      try Image(width: 16, height: 12, pixels: pixels)
        .write(to: folder.appending("photo-\(number).png"))
    }
    return folder
  }

  private static let photos = (0..<5).map { "photo-\($0).png" }

  private func diff(
    _ folder: Pictures, _ old: String, _ new: String, _ arguments: [String]
  ) throws -> Command.Result {
    try Command.run(
      ["diff", old, new] + Self.photos + ["--preprocess", "imagenet"] + arguments, in: folder.path)
  }

  @Test("Models that compute the same look at the same, whatever the graph, and pass every limit")
  func same() throws {
    let folder = try folder()
    let result = try diff(
      folder, fixture("plain"), fixture("functions"),
      ["--json", "--at-least", "0.999", "--changed-at-most", "0", "-o", "none"])
    #expect(result.code == 0, "\(result.errors)")
    let found = try JSONDecoder().decode(Found.self, from: result.output)
    #expect(found.photos.map(\.input) == Self.photos)
    #expect(found.unlike == 0 && found.changed == 0 && found.failures.isEmpty)
    #expect(try #require(found.similarity).lowest > 0.999)
    for photo in found.photos {
      #expect(try #require(photo.similarity.spearman) > 0.99)
      #expect(photo.old.probability == photo.new.probability)
    }
  }

  @Test("Results stand in the photos' order and are the same whatever the number of jobs")
  func jobs() throws {
    let folder = try folder()
    let paths = ["qdq-uint8", "integer-uint8"].map {
      Fixtures.path("Quantized/\($0)/model.onnx")
    }
    let texts = try ["1", "3"].map { jobs in
      try diff(
        folder, paths[0], paths[1], ["--json", "-o", "none", "--jobs", jobs, "--threads", "1"]
      ).text
    }
    #expect(texts[0] == texts[1] && texts[0].contains("photo-4.png"))
  }

  @Test("Another layer gives other maps, which a limit catches, and '--except' lets pass")
  func limits() throws {
    let folder = try folder()
    let shared = ["--new-layer", "input", "-o", "none", "--at-least", "0.999"]
    let failing = try diff(folder, fixture("plain"), fixture("plain"), shared)
    #expect(failing.code == 1)
    #expect(failing.errors.contains("Error: The maps of 5 of 5 photos are less alike than"))
    #expect(failing.text.contains("5 photos, 0 predicted otherwise (0.0%)"))
    let passing = try diff(
      folder, fixture("plain"), fixture("plain"), shared + ["--except", "1"])
    #expect(passing.code == 0)
  }

  @Test("Changed predictions are counted and held to a limit")
  func changed() throws {
    let folder = try folder()
    let arguments = ["--json", "-o", "none", "--changed-at-most", "0"]
    let result = try diff(
      folder, fixture("plain"), fixture("only-evidence-against"), arguments)
    let found = try JSONDecoder().decode(Found.self, from: result.output)
    let changed = found.photos.count { $0.old.class != $0.new.class }
    #expect(found.changed == changed && found.photos.count { $0.isChanged } == changed)
    #expect(result.code == (changed == 0 ? 0 : 1))
    #expect(found.failures.count == (changed == 0 ? 0 : 1))
  }

  @Test("The report is one page with the most changed photos, which loads and runs nothing")
  func page() throws {
    let folder = try folder()
    let result = try diff(
      folder, fixture("plain"), fixture("functions"), ["--worst", "2", "-q"])
    #expect(result.code == 0, "\(result.errors)")
    #expect(folder.added.contains("functions.diff.html"))
    let page = String(
      decoding: try Data(contentsOf: URL(filePath: folder.appending("functions.diff.html"))),
      as: UTF8.self)
    #expect(page.contains("default-src 'none'") && !page.contains("<script"))
    #expect(page.components(separatedBy: "<img ").count - 1 == 8)
    #expect(page.contains("photo-4.png"))
  }

  @Test(
    "What cannot be compared is refused, and nothing is written",
    arguments: [
      (["--target", "top:3"], "Error: 'top:3' means several classes, but one is compared"),
      (["--new-layer", "featur"], "Error: No layer named 'featur' in 'plain.onnx'"),
      (["--except", "2"], "Error: '--except 2.0' is not between 0 and 1"),
      (["--at-least", "2"], "Error: '--at-least 2.0' is not between -1 and 1"),
    ])
  func refused(_ arguments: [String], _ message: String) throws {
    let folder = try Pictures()
    let result = try Command.run(
      ["diff", fixture("plain"), fixture("plain"), "photo.png"] + arguments, in: folder.path)
    #expect(result.errors.hasPrefix(message), "\(result.errors)")
    #expect(result.code == 2)
    #expect(folder.added.isEmpty)
  }
}
