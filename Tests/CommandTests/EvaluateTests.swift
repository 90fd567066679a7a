import Foundation
import GradCAM
import Testing
import _TestSupport

@Suite("gradcam evaluate")
struct EvaluateTests {
  @Test("A box of the whole picture is hit by every map, and all evidence lies in it")
  func hits() throws {
    let report = try EvaluatedPhotos().report("--geometry", "squash")
    #expect(report.annotations.kind == "boxes")
    #expect(report.annotations.problems.isEmpty)
    #expect(report.photos == 2)
    #expect(report.cases == 2)
    #expect(report.ways.map(\.title) == ["Grad-CAM", "Random-CAM", "Centre", "Edges"])
    #expect(report.ways.map(\.control) == [false, true, true, true])
    for way in report.ways.map(\.title) {
      #expect(report.mean("pointing-game", way, class: 0) == 1, "\(way)")
      #expect(report.mean("energy-pointing-game", way, class: 0) == 1, "\(way)")
    }
    #expect(report.mean("pointing-game", "Centre", class: 1) == 0)
    // Of one case there is no interval, of two the bootstrap's.
    let own = report.values.filter { $0.way == "Centre" && $0.metric == "pointing-game" }
    #expect(own.map(\.part) == ["all", "centre-outside", "class", "class"])
    #expect(own.map(\.interval) == [[0, 1], nil, nil, nil])
    #expect(report.centre.map(\.mean) == [0.5, 0, 1, 0])
    // Five classes on each of two photos, by the probabilities of the model.
    #expect(report.accuracy.tries == 10)
  }

  @Test("Every metric has values beside controls and comparisons with them")
  func metrics() throws {
    let report = try EvaluatedPhotos(count: 6).report(
      "--metric", "all", "--method", "gradcam", "--method", "layercam")
    let names = Set(report.values.compactMap(\.metric))
    #expect(names.count >= 12)
    for name in ["deletion", "insertion", "average-drop", "iou", "complexity"] {
      #expect(names.contains(name))
      #expect(report.mean(name, "LayerCAM") != nil)
      #expect(report.mean(name, "Edges") != nil)
    }
    // Two methods against each other and three controls.
    let compared = report.comparisons.filter { $0.metric == "iou" && $0.part == "all" }
    #expect(
      compared.map { "\($0.first) \($0.second)" } == [
        "Grad-CAM LayerCAM", "Grad-CAM Random-CAM", "Grad-CAM Centre", "Grad-CAM Edges",
        "LayerCAM Random-CAM", "LayerCAM Centre", "LayerCAM Edges",
      ])
    #expect(compared.allSatisfy { $0.count == 6 && $0.adjustedP >= $0.p && $0.p > 0 })
    let means = ["Grad-CAM", "Edges"].map { report.mean("iou", $0) ?? .nan }
    #expect(abs(compared[3].difference - (means[0] - means[1])) < 1e-12)
  }

  @Test("Metrics take numbers of their own; several layers are several ways")
  func choices() throws {
    let photos = try EvaluatedPhotos(count: 3)
    let result = try photos.evaluate(
      "--metric", "deletion,steps=4,baseline=mean", "--metric", "pointing-game,tolerance=60",
      "--layer", "feature", "--json")
    let report = try EvaluationReport(result)
    #expect(
      report.ways.map(\.title) == [
        "Grad-CAM at conv", "Grad-CAM at feature", "Random-CAM", "Centre", "Edges",
      ])
    #expect(result.text.contains("\"deletion steps=4 baseline=mean"))
    #expect(report.mean("pointing-game", "Edges") == 1)
    for word in [
      "deletion,steps=0", "deletion,tolerance=1", "iou,threshold=2", "beauty", "all,steps=2",
    ] {
      #expect(try photos.evaluate("--metric", word).code == 2, "\(word)")
    }
  }

  @Test("A mean lower than asked for ends with exit code 1")
  func atLeast() throws {
    let photos = try EvaluatedPhotos()
    let result = try photos.evaluate("--at-least", "1.5")
    #expect(result.code == 1)
    #expect(result.errors.hasPrefix("Error: pointing-game of Grad-CAM is "))
    #expect(result.errors.hasSuffix(", which is less than 1.500\n"))
    #expect(!result.text.isEmpty)
    #expect(try photos.evaluate("--at-least", "0").code == 0)
    let lower = try photos.evaluate("--at-least", "0", "--metric", "deletion")
    #expect(lower.code == 2)
  }

  @Test("What is wrong with annotations is told, counted and listed")
  func problems() throws {
    let photos = try EvaluatedPhotos(
      """
      [{"file": "photo.png", "elements": [
        {"class": "cat", "box": [0, 0, 12, 8]},
        {"class": "cow", "box": [0, 0, 12, 8]},
        {"class": "dog", "box": [50, 50, 60, 60]}]},
       {"file": "gone.png", "elements": [{"class": "cat", "box": [1, 2, 3, 4]}]}]
      """)
    let result = try photos.evaluate("--json")
    #expect(
      result.errors == """
        boxes.json:4: 'dog': box 50, 50, 60, 60 lies outside the picture of 12x8 (left out)
        boxes.json:5: there is no picture 'gone.png', for 1 object (left out)
        boxes.json:3: 'cow' is none of the model's classes (left out)

        """)
    let report = try EvaluationReport(result)
    #expect(
      report.annotations.problemCounts == [
        "box outside": 1, "missing photo": 1, "unknown label": 1,
      ])
    #expect(report.annotations.problems.map(\.line) == [4, 5, 3])
    #expect(report.photos == 1)
    #expect(report.cases == 1)
    #expect(try photos.evaluate("--quiet").errors.isEmpty)
    #expect(
      try photos.evaluate().text.contains(
        "annotations: boxes, boxes.json; 3 problems: 1 missing photo, 1 box outside, 1 unknown label"
      ))
  }

  @Test("Names that a mapping tells are found, several at once too")
  func mapping() throws {
    let photos = try EvaluatedPhotos(
      "[{\"file\": \"photo.png\", \"elements\": [{\"class\": \"pet\", \"box\": [0, 0, 9, 8]}]}]")
    let refused = try photos.evaluate()
    #expect(refused.code == 2)
    #expect(
      refused.errors.hasSuffix(
        """
        Error: Nothing to evaluate in './boxes.json'
          note: boxes.json:1: 'pet' is none of the model's classes (left out)
          help: the model's labels are 'cat', 'dog', 'bird', 'fish', 'fish'; '--mapping FILE' maps \
        others to them

        """))
    for (name, text) in [
      ("map.json", #"{"Pet": {"0": "cat", "1": "dog"}}"#), ("map.json", #"{"pet": ["cat", 1]}"#),
      ("map.csv", "pet,cat\npet,dog\n"),
    ] {
      try photos.folder.write(Array(text.utf8), to: name)
      let report = try photos.report("--mapping", name)
      #expect(report.cases == 1)
      // Of cat and dog, the one that the model finds more probable.
      #expect(report.values.compactMap(\.class).allSatisfy { $0 < 2 })
    }
  }

  @Test("Filters leave out what they say")
  func filters() throws {
    let photos = try EvaluatedPhotos()
    #expect(try photos.report("--only", "centre-outside").centre.map(\.mean) == [0, 0])
    #expect(try photos.report("--only", "centre-inside").cases == 1)
    #expect(try photos.report("--only", "large").cases == 2)
    #expect(try photos.evaluate("--only", "small").code == 2)
    #expect(try photos.evaluate("--only", "single").code == 2)
  }

  @Test("Evidence is looked for on regions, and the class found whose evidence lies there")
  func regions() throws {
    let photos = try EvaluatedPhotos(count: 9)
    let all = Image(width: 2, height: 2, pixels: [UInt8](repeating: 255, count: 12))
    try all.write(to: photos.folder.appending("all.png"))
    let half = Image(width: 2, height: 1, pixels: [255, 255, 255, 0, 0, 0])
    try half.write(to: photos.folder.appending("half.png"))
    let report = try photos.report(
      "--regions", "--region", "all=all.png", "--region", "half=half.png")
    let own = report.regions.filter { $0.part == "all" && $0.way == "Centre" }
    #expect(own.map(\.region) == ["border", "background", "text", "all", "half"])
    let whole = try #require(own.first { $0.region == "all" })
    #expect(abs(whole.evidence - 1) < 1e-6 && whole.area == 1)
    let left = try #require(own.first { $0.region == "half" })
    #expect(abs(left.area - 0.5) < 0.05 && abs(left.evidence - 0.5) < 0.1)
    #expect(report.suspects.allSatisfy { $0.excess > 0 && $0.class != nil })
    #expect(
      try photos.evaluate("--regions").text.contains("class whose evidence lies most on each"))
  }

  @Test("Where the model sees only the middle, the border is the middle's, and shares are of it")
  func croppedBorder() throws {
    let photos = try EvaluatedPhotos(count: 9)
    for geometry in ["squash", "crop"] {
      let report = try photos.report("--geometry", geometry, "--regions")
      let edges = try #require(
        report.regions.first { $0.region == "border" && $0.way == "Edges" && $0.part == "all" })
      // 1 − (14/16)², give or take the pixels at the corners of small photos.
      #expect((0.2...0.4).contains(edges.area), "\(geometry): \(edges.area)")
      #expect(edges.evidence > edges.area / 3, "\(geometry)")
    }
  }

  @Test("Rows of short strokes are found as text, and nothing on an even photo")
  func text() throws {
    let photos = try EvaluatedPhotos("[]")
    let side = 256
    func photo(_ name: String, stroke: (Int, Int) -> Bool) throws {
      let pixels = (0..<side * side).flatMap { place -> [UInt8] in
        let value: UInt8 = stroke(place % side, place / side) ? 20 : 210
        return [value, value, value]
      }
      try Image(width: side, height: side, pixels: pixels).write(to: photos.folder.appending(name))
    }
    try photo("words.png") { x, y in
      (80..<144).contains(y) && (40..<200).contains(x) && x / 2 % 2 == 0
    }
    try photo("even.png") { x, y in x > 120 && y > 120 }
    for (name, range) in [("words.png", 0.1...0.25), ("even.png", 0.0...0.0)] {
      let text =
        "[{\"file\": \"\(name)\", \"elements\": [{\"class\": \"cat\", \"box\": [0, 0, 90, 90]}]}]"
      try photos.folder.write(Array(text.utf8), to: "boxes.json")
      let report = try photos.report("--regions")
      let area = try #require(
        report.regions.first { $0.region == "text" && $0.way == "Centre" && $0.part == "all" }?.area
      )
      // 64 of 256 rows and 160 of 256 columns, give or take a cell at each side.
      #expect(range.contains(area), "\(name): \(area)")
    }
  }

  @Test(
    "Of a pair of shipped models, the one that learned a marker is caught by where its evidence lies",
    arguments: [("chest-xrays", [String]()), ("chest-xrays-marked", ["border", "background"])])
  func marker(_ model: String, _ caught: [String]) throws {
    let models = Fixtures.path("../../Models")
    let result = try Command.run([
      "evaluate", "\(models)/\(model)/\(model).onnx", "\(models)/chest-xrays/samples", "--regions",
      "--metric", "iou", "--json", "--quiet",
    ])
    #expect(result.code == 0, "\(result.errors)")
    #expect(try EvaluationReport(result).suspects.map(\.region) == caught)
  }

  @Test("A folder without annotations, and no folder")
  func noAnnotations() throws {
    let folder = try Pictures()
    let none = try Command.run(["evaluate", fixture("plain"), "."], in: folder.path)
    #expect(
      none.errors == """
        Error: No annotations in './'
          note: COCO's JSON, VOC's XML, YOLO's text, a CSV table and 'boxes.json' are known
          help: name their file with '--annotations FILE'

        """)
    #expect(none.code == 2)
    let absent = try Command.run(["evaluate", fixture("plain"), "absent"])
    #expect(
      absent.errors == """
        Error: No folder 'absent'
          help: name a folder of photos with annotations in it

        """)
  }
}

@Suite("Tables of gradcam evaluate")
struct EvaluateSnapshotTests {
  @Test("The tables are what 'Tests/Fixtures/Evaluate' holds, word for word")
  func table() throws {
    let result = try EvaluatedPhotos(count: 9).evaluate(
      "--geometry", "squash", "--method", "gradcam", "--method", "layercam", "--metric", "iou",
      "--metric", "deletion,steps=8", "--regions")
    #expect(result.code == 0, "\(result.errors)")
    if ProcessInfo.processInfo.environment["GRADCAM_WRITE"] == "1" {
      let path = Fixtures.path("Evaluate/tables.txt")
      try FileManager.default.createDirectory(
        atPath: Fixtures.path("Evaluate"), withIntermediateDirectories: true)
      try result.output.write(to: URL(filePath: path))
    }
    let wanted = String(decoding: try Fixtures.data("Evaluate/tables.txt"), as: UTF8.self)
    #expect(result.text == wanted)
  }
}
