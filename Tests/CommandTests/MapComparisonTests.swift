import Foundation
import GradCAM
import Testing
import _TestSupport

@Suite("gradcam compare with one model")
struct MapComparisonTests {
  /// What the report says that is tested here.
  private struct Found: Decodable {
    struct Map: Decodable {
      struct Cell: Decodable {
        let height, width: Double
      }
      struct Range: Decodable {
        let min, max: Float
      }
      struct Class: Decodable {
        let `class`: Int
      }
      struct Similarity: Decodable {
        let pearson: Double?
      }
      struct Field: Decodable {
        let height, width: Int
      }
      let `class`: Int
      let logit: Float
      let layer, method, settings: String
      let cell: Cell
      let receptiveField: Field
      let map: Range
      let ratherThan: [Class]?
      let similarity: Similarity?
    }
    let compared: [String]
    let scale, preset, evidence: String
    let maps: [Map]
    let differences: [Map]?
    let figure: String?
    let notes: [String]?
  }

  private func compare(_ folder: Pictures, _ arguments: [String]) throws -> Command.Result {
    try Command.run(
      ["compare", fixture("plain"), "photo.png", "--preprocess", "imagenet"] + arguments,
      in: folder.path)
  }

  private func found(_ arguments: String...) throws -> Found {
    let folder = try Pictures()
    let result = try compare(folder, arguments + ["--json", "-o", "none"])
    #expect(result.code == 0 && result.errors.isEmpty)
    #expect(folder.added.isEmpty)
    return try JSONDecoder().decode(Found.self, from: result.output)
  }

  @Test("Targets, and what speaks for the first rather than the others: the difference of logits")
  func targets() throws {
    let found = try found("--target", "0", "--target", "3", "--target", "1")
    #expect(found.compared == ["targets"])
    #expect(found.maps.map(\.class) == [0, 3, 1])
    #expect(found.maps[0].similarity == nil && found.maps[1].similarity != nil)
    let differences = try #require(found.differences)
    #expect(differences.map(\.class) == [0, 0])
    #expect(differences.map { $0.ratherThan?.map(\.class) } == [[3], [1]])
    for (difference, other) in zip(differences, found.maps.dropFirst()) {
      #expect(abs(difference.logit - (found.maps[0].logit - other.logit)) < 1e-5)
    }
  }

  @Test("Without targets the two most probable; a class named twice counts once")
  func defaults() throws {
    let found = try found()
    #expect(found.maps.count == 2 && found.differences?.count == 1)
    let best = found.maps[0].class
    let again = try self.found(
      "--target", "predicted", "--target", "\(best)", "--target", "\(found.maps[1].class)")
    #expect(again.maps.map(\.class) == found.maps.map(\.class))
    #expect(again.differences?.count == 1)
  }

  @Test("Layers stand from the image on, each with its cells and receptive field")
  func layers() throws {
    let found = try found("--layer", "feature_Relu", "--layer", "input")
    #expect(found.compared == ["layers"])
    #expect(found.maps.map(\.layer) == ["input", "feature_Relu"])
    #expect(found.maps[0].receptiveField.width == 1 && found.maps[0].cell.width == 1)
    #expect(found.maps[1].receptiveField.width > 1 && found.maps[1].cell.width >= 1)
    #expect(Set(found.maps.map(\.class)).count == 1)
    #expect(found.differences == nil)
  }

  @Test("Methods, each with its correlation with the first", .enabled(if: Method.all.count > 1))
  func methods() throws {
    let other = try #require(Method.all.first { $0 != .gradCAM })
    let found = try found("--method", "gradcam", "--method", other.name)
    #expect(found.compared == ["methods"])
    #expect(found.maps.map(\.method) == ["gradcam", other.name])
    #expect(found.maps[1].similarity != nil)
  }

  @Test("Each method is taken at its own layer where none is named")
  func ownLayers() throws {
    let found = try found("--method", "gradcam", "--method", "gradient")
    #expect(found.maps.map(\.layer) == ["feature_Relu", "input"])
  }

  @Test("A method that joins layers takes its own, as in explain")
  func joinedLayers() throws {
    let found = try found("--method", "gradcam", "--method", "refinecam")
    let explained = try Command.run(
      [
        "explain", fixture("plain"), numbers, "--method", "refinecam", "--save", "none", "--json",
      ])
    struct Joined: Decodable {
      struct Explanation: Decodable {
        struct Layer: Decodable {
          let layer: String
        }
        let layer: String
        let layers: [Layer]?
      }
      let explanations: [Explanation]
    }
    let joined = try JSONDecoder().decode(Joined.self, from: explained.output).explanations[0]
    let names = joined.layers?.map(\.layer) ?? [joined.layer]
    #expect(found.maps.map(\.layer) == ["feature_Relu", names.joined(separator: ", ")])
  }

  @Test("Presets and what methods are tuned by serve as in explain")
  func tuned() throws {
    let smoothed = try found("--eigen-smooth", "--preset", "captum")
    #expect(smoothed.preset == "captum" && smoothed.evidence == "both")
    #expect(smoothed.maps.allSatisfy { $0.settings == "gradcam eigen-smooth" })
    // Each method gets what it can be tuned by.
    let mixed = try found(
      "--method", "gradcam", "--method", "occlusion", "--method", "gradient", "--patch", "3",
      "--preset", "captum", "-q")
    #expect(mixed.maps.map(\.settings).map { $0.contains("patch=3") } == [false, true, false])
    // One evidence for all: a gradient's magnitude knows no signs.
    #expect(mixed.evidence == "for")
  }

  @Test("Targets and layers together: each target at each layer")
  func several() throws {
    let found = try found(
      "--target", "0", "--target", "3", "--layer", "feature_Relu", "--layer", "input")
    #expect(found.compared == ["targets", "layers"])
    #expect(found.maps.map(\.class) == [0, 0, 3, 3])
    #expect(found.maps.map(\.layer) == ["input", "feature_Relu", "input", "feature_Relu"])
    #expect(found.differences == nil)
  }

  @Test("A shared scale shows which map is larger")
  func scale() throws {
    let folder = try Pictures()
    let arguments = ["--target", "0", "--target", "3"]
    _ = try compare(folder, arguments + ["-o", "own.svg"])
    _ = try compare(folder, arguments + ["--map-scale", "shared", "-o", "shared.svg"])
    let text = { (name: String) in
      try String(contentsOfFile: folder.appending(name), encoding: .utf8)
    }
    #expect(try text("own.svg").contains("each map scaled by its own largest value"))
    #expect(try text("own.svg").contains("1 stands for"))
    #expect(try text("shared.svg").contains("all maps on one scale"))
    #expect(try !text("shared.svg").contains("1 stands for"))
  }

  @Test("A check fails where any map correlates less with the first")
  func check() throws {
    let folder = try Pictures()
    let arguments = ["--layer", "feature_Relu", "--layer", "input", "-o", "none"]
    let failing = try compare(folder, arguments + ["--at-least", "0.99"])
    #expect(failing.code == 1)
    #expect(failing.errors.hasPrefix("Error: The correlation is "))
    let passing = try compare(folder, arguments + ["--at-least=-1"])
    #expect(passing.code == 0 && passing.errors.isEmpty)
  }

  @Test(
    "What cannot be compared is refused, and nothing is written",
    arguments: [
      (["--target", "0"], "Error: A target is compared with itself"),
      (["--target", "0", "--target", "0"], "Error: A target is compared with itself"),
      (["--layer", "input", "--layer", "input"], "Error: A layer is compared with itself"),
      (
        ["--method", "gradcam", "--method", "gradcam"], "Error: A method is compared with itself"
      ),
      (
        ["--method", "refinecam", "--layer", "input", "--layer", "feature"],
        "Error: Layers cannot be compared by method 'refinecam', which makes one map of them"
      ),
      (
        ["--samples", "4", "--method", "gradcam", "--method", "cam"],
        "Error: methods 'gradcam', 'cam' have no '--samples'; these have: "
      ),
      (["--layer-a", "input"], "Error: '--layer-a' and '--layer-b' are for two models"),
    ])
  func refused(_ arguments: [String], _ message: String) throws {
    let folder = try Pictures()
    let result = try compare(folder, arguments)
    #expect(result.errors.hasPrefix(message))
    #expect(result.code == 2)
    #expect(folder.added.isEmpty)
  }
}
