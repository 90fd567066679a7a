import Foundation
import GradCAM
import Testing
import _TestSupport

@Suite("gradcam check")
struct CheckTests {
  /// What the report says that is tested here.
  private struct Found: Decodable {
    struct Check: Decodable {
      struct Step: Decodable {
        struct Similarity: Decodable { let spearman, ssim, hog: Double }
        let step: String
        let similarity: Similarity
      }
      let method, check, outcome, text, limit: String
      let value: Double?
      let curve: [Step]
    }
    let passed: Bool
    let checks: [Check]

    /// The check of that name.
    func check(_ name: String, of method: String = "gradcam") -> Check? {
      checks.first { $0.check == name && $0.method == method }
    }
  }

  private static func shipped(_ name: String) -> String {
    let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    return parts.dropLast(3).joined(separator: "/") + "/Models/\(name)"
  }

  private func check(
    _ folder: Pictures, _ arguments: [String]
  ) throws -> (Command.Result, Found) {
    let result = try Command.run(["check"] + arguments + ["--json"], in: folder.path)
    return (result, try JSONDecoder().decode(Found.self, from: result.output))
  }

  @Test("Grad-CAM passes and guided backpropagation is flagged, on models that ship")
  func methods() throws {
    let folder = try Pictures()
    let name = Self.shipped("document-pages")
    let (result, found) = try check(
      folder,
      [
        name + "/document-pages.onnx", name + "/samples", "--photos", "2", "--steps", "4",
        "--method", "gradcam", "--method", "guided-backprop",
      ])
    let honest = try #require(found.check("cascading"))
    let guided = try #require(found.check("cascading", of: "guided-backprop"))
    #expect(honest.outcome == "passed", "\(honest.text)")
    #expect(guided.outcome == "failed", "\(guided.text)")
    #expect(honest.curve.count == 4 && guided.curve.count == 4)
    #expect(try #require(honest.value) < #require(guided.value))
    #expect(result.code == 1)
    for check in ["outputs", "determinism"] {
      #expect(found.check(check)?.outcome == "passed", "\(found.check(check)?.text ?? "")")
    }
  }

  @Test("The same checks give the same numbers again, by any seed that is the same")
  func seeded() throws {
    let folder = try Pictures()
    let arguments = [
      fixture("plain"), "photo.png", "--preprocess", "imagenet", "--seed", "4", "--threads", "1",
    ]
    let values = try (0..<2).map { _ in try check(folder, arguments).1.checks.map(\.value) }
    #expect(values[0] == values[1])
    var other = arguments
    other[5] = "5"
    #expect(try check(folder, other).1.check("cascading")?.value != values[0][0])
  }

  @Test("A configuration says what is checked, and its limits decide")
  func configuration() throws {
    let folder = try Pictures()
    let yaml = """
      methods: [gradcam]
      photos: 1
      steps: 2
      sanity:
        cascading: {measure: ssim, at-most: 1}
        independent: false
        outputs: false
        determinism: true
        noise: false
      regions:
        - {name: everywhere, box: [0, 0, 1, 1], at-least: 0.999}
        - {name: nowhere, box: [0, 0, 0.01, 0.01], at-least: 0.5}
      """
    try folder.write(Array(yaml.utf8), to: "check.yaml")
    let (result, found) = try check(
      folder,
      [fixture("plain"), "photo.png", "--preprocess", "imagenet", "--config", "check.yaml"])
    #expect(
      found.checks.map(\.check)
        == ["cascading", "determinism", "region everywhere", "region nowhere"])
    #expect(found.checks.map(\.outcome) == ["passed", "passed", "passed", "failed"])
    #expect(found.check("cascading")?.limit == "SSIM at most 1.00")
    #expect(result.code == 1)
    #expect(result.errors.contains("Error: gradcam, region nowhere: "))
  }

  @Test("JUnit's XML, Markdown and a page say the same")
  func files() throws {
    let folder = try Pictures()
    let result = try Command.run(
      [
        "check", fixture("plain"), "photo.png", "--preprocess", "imagenet", "--junit", "a.xml",
        "--markdown", "a.md", "-o", "a.html", "-q", "--steps", "2",
      ], in: folder.path)
    #expect(folder.added == ["a.html", "a.md", "a.xml"])
    let texts = try folder.added.map {
      String(decoding: try Data(contentsOf: URL(filePath: folder.appending($0))), as: UTF8.self)
    }
    let failures = result.errors.split(separator: "\n").count { $0.hasPrefix("Error: ") }
    #expect(result.code == (failures == 0 ? 0 : 1))
    #expect(texts[2].contains("failures=\"\(failures)\""))
    #expect(texts[2].components(separatedBy: "<testcase ").count - 1 == 5)
    #expect(texts[2].components(separatedBy: "<failure ").count - 1 == failures)
    #expect(texts[1].components(separatedBy: "❌").count - 1 == failures)
    #expect(texts[0].contains("<svg") && !texts[0].contains("<script"))
  }

  @Test("A model trained on the marker is caught by a limit on its evidence there")
  func marker() throws {
    let folder = try Pictures()
    let yaml = """
      sanity: false
      metrics:
        - {metric: energy-pointing-game, class: opacity, at-least: 0.1}
      regions:
        - {name: marker, annotated: marker, class: opacity, at-most: 0.1}
      """
    try folder.write(Array(yaml.utf8), to: "check.yaml")
    let samples = Self.shipped("chest-xrays/samples")
    let labels = Self.shipped("chest-xrays/labels.txt")
    let codes = try ["chest-xrays", "chest-xrays-marked"].map { name in
      try Command.run(
        [
          "check", Self.shipped("\(name)/\(name).onnx"), samples, "--labels", labels, "--config",
          "check.yaml",
        ], in: folder.path
      ).code
    }
    #expect(codes == [0, 1])
  }

  @Test(
    "A configuration that is wrong is told with its line",
    arguments: [
      ("steps: none", "Error: In 'check.yaml', 'steps' is no whole number from 1 through 10000"),
      ("stepps: 3", "Error: In 'check.yaml', the configuration has no 'stepps'"),
      (
        "sanity:\n  noise: {level: 3}",
        "Error: In 'check.yaml', 'sanity.noise.level' is no number from 0.0 through 1.0"
      ),
      (
        "regions:\n  - {name: a, box: [0, 0, 1], at-most: 1}",
        "Error: In 'check.yaml', 'regions[0].box' is no box"
      ),
      (
        "metrics:\n  - {metric: accuracy, at-least: 1}",
        "Error: In 'check.yaml', 'metrics[0].metric' is 'accuracy'"
      ),
      ("a: [", "Error: 'check.yaml' is no YAML"),
    ])
  func wrong(_ yaml: String, _ message: String) throws {
    let folder = try Pictures()
    try folder.write(Array(yaml.utf8), to: "check.yaml")
    let result = try Command.run(
      ["check", fixture("plain"), "photo.png", "--config", "check.yaml"], in: folder.path)
    #expect(result.errors.hasPrefix(message), "\(result.errors)")
    #expect(result.code == 2)
  }

  @Test("Without photos there is nothing to check on, and limits of places need annotations")
  func missing() throws {
    let folder = try Pictures()
    let alone = try Command.run(["check", fixture("plain")], in: folder.path)
    #expect(alone.code == 2 && alone.errors.hasPrefix("Error: There are no photos to check on"))
    let yaml = "metrics:\n  - {metric: iou, at-least: 1}\n"
    try folder.write(Array(yaml.utf8), to: "check.yaml")
    let result = try Command.run(
      ["check", fixture("plain"), "photo.png", "--config", "check.yaml"], in: folder.path)
    #expect(result.code == 2)
    #expect(result.errors.hasPrefix("Error: Limits of metrics and of annotated regions need"))
  }
}
