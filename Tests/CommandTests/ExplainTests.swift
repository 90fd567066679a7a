import Foundation
import GradCAM
import Testing
import _TestSupport

@Suite("gradcam explain")
struct ExplainTests {
  private func explain(_ folder: Pictures, _ arguments: String...) throws -> Command.Result {
    try Command.run(["explain", fixture("plain")] + arguments, in: folder.path)
  }

  @Test("Prints a table and writes an overlay of the predicted class into the current folder")
  func table() throws {
    let folder = try Pictures()
    let result = try explain(
      folder, "photo.png", "--labels", "five.txt", "--preprocess", "imagenet")
    let written = try #require(folder.added.first)
    #expect(
      folder.added.count == 1 && written.hasPrefix("photo.") && written.hasSuffix(".overlay.png"))
    let lines = result.text.split(separator: "\n", omittingEmptySubsequences: false).map(
      String.init)
    try #require(lines.count == 6)
    #expect(lines[0] == "plain.onnx  layer feature_Relu [4, 8, 8]  Grad-CAM, evidence for")
    #expect(lines[1].isEmpty && lines[5].isEmpty)
    #expect(lines[2] == "photo.png")
    #expect(
      lines[3].split(separator: " ")
        == ["rank", "class", "label", "probability", "logit", "peak", "file"])
    #expect(lines[4].hasPrefix("   1      "))
    #expect(lines[4].hasSuffix("  " + written))
    #expect(result.errors.isEmpty)
    #expect(result.code == 0)
    let overlay = try Image(contentsOf: folder.appending(written))
    #expect(overlay.width == 12 && overlay.height == 8)
  }

  @Test("Every picture tells how it was made")
  func metadata() throws {
    let folder = try Pictures()
    let result = try explain(
      folder, "photo.png", "--target", "2", "--save", "overlay,heatmap", "--json")
    let sha256 = try Report(result).model.sha256
    for name in ["photo.2.overlay.png", "photo.2.heatmap.png"] {
      let entries = try Image.metadata(contentsOf: folder.appending(name))
      let texts = Dictionary(entries.map { ($0.key, $0.value) }) { $1 }
      #expect(texts["Model SHA-256"] == sha256)
      #expect(texts["Class"] == "2")
      #expect(texts["Layer"] == "feature_Relu")
      #expect(texts["Method"] == "gradcam")
      #expect(texts["Preset"] == "paper")
      #expect(texts["Preprocessing"]?.hasPrefix("imagenet (crop, rgb, ") == true)
      #expect(texts["Software"] == "GradCAM \(GradCAMVersion.current)")
      #expect(texts["ONNX Runtime"] != nil)
    }
  }

  @Test("Arrays are used as they are, and what is written agrees with PyTorch")
  func arrays() throws {
    let folder = try Pictures()
    let result = try explain(
      folder, numbers, "--target", "2", "--save", "npy,gradient-npy,activation-npy,heatmap-npy",
      "-o", "maps")
    #expect(result.code == 0)
    let map = try FloatTensor(contentsOf: Fixtures.path("Models/Shared/map.npy"))
    let gradient = try FloatTensor(contentsOf: Fixtures.path("Models/Shared/layer-gradient.npy"))
    let activation = try FloatTensor(
      contentsOf: Fixtures.path("Models/Shared/layer-activation.npy"))
    for (place, name) in ["input-0", "input-1"].enumerated() {
      func compare(_ file: String, _ reference: FloatTensor) throws {
        let found = try FloatTensor(contentsOf: folder.appending("maps/\(file)"))
        let count = reference.values.count / reference.shape[0]
        let wanted = reference.values[place * count..<(place + 1) * count]
        #expect(found.shape == Array(reference.shape.dropFirst()))
        let scale = wanted.reduce(0) { max($0, abs($1)) }
        let error = zip(found.values, wanted).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
        #expect(error <= 1e-5 * scale, "\(file) is off by \(error) of \(scale)")
      }
      try compare("\(name).2.npy", map)
      try compare("\(name).2.gradient.npy", gradient)
      try compare("\(name).activation.npy", activation)
      let heatmap = try FloatTensor(contentsOf: folder.appending("maps/\(name).2.heatmap.npy"))
      #expect(heatmap.shape == [8, 8])
      #expect(heatmap.values.min() == 0)
      #expect(abs((heatmap.values.max() ?? 0) - 1) < 1e-5)
    }
  }

  @Test("The gradient at the input agrees with PyTorch")
  func inputGradient() throws {
    let folder = try Pictures()
    _ = try explain(
      folder, numbers, "--target", "2", "--layer", "input", "--save", "gradient-npy")
    let wanted = try FloatTensor(contentsOf: Fixtures.path("Models/Shared/input-gradient.npy"))
    let found = try FloatTensor(contentsOf: folder.appending("input-1.2.gradient.npy"))
    let part = wanted.values.suffix(192)
    let scale = part.reduce(0) { max($0, abs($1)) }
    #expect(found.shape == [3, 8, 8])
    #expect(zip(found.values, part).allSatisfy { abs($0 - $1) <= 1e-5 * scale })
  }

  @Test("--json tells everything, and nothing else is printed")
  func json() throws {
    let folder = try Pictures()
    let result = try explain(
      folder, "photo.png", "--target", "top:2", "--labels", "five.txt", "--json", "--save",
      "overlay,npy", "--preprocess", "imagenet")
    let report = try Report(result)
    #expect(report.model.path == fixture("plain"))
    #expect(report.model.sha256.count == 64)
    #expect(report.explanations.map(\.rank) == [1, 2])
    for explanation in report.explanations {
      let stem = "photo.\(explanation.class)"
      #expect(explanation.input == "photo.png")
      #expect(explanation.label == ["cat", "dog", "bird", "fish", "fish"][explanation.class])
      #expect(explanation.layer == "feature_Relu")
      #expect(explanation.layerShape == [4, 8, 8])
      #expect(explanation.method == "gradcam" && explanation.preset == "paper")
      #expect(explanation.files == ["overlay": stem + ".overlay.png", "npy": stem + ".npy"])
      #expect(
        Set(explanation.milliseconds.keys) == ["load", "decode", "preprocess", "run", "write"])
      let map = try FloatTensor(contentsOf: folder.appending(stem + ".npy"))
      #expect(map.values.min() == explanation.map.min && map.values.max() == explanation.map.max)
    }
    #expect(report.versions["gradcam"] == GradCAMVersion.current)
    #expect(report.versions["onnxRuntime"] != nil)
    #expect(result.errors.isEmpty)
  }

  @Test("A difference of logits is named by both classes")
  func difference() throws {
    let folder = try Pictures()
    let both = try Report(
      explain(folder, "photo.png", "--target", "1", "--rather-than", "4", "--json"))
    let each = try Report(
      explain(folder, "photo.png", "--target", "1", "--target", "4", "--save", "none", "--json"))
    let explanation = try #require(both.explanations.first)
    #expect(folder.added == ["photo.1-rather-than-4.overlay.png"])
    #expect(explanation.class == 1)
    #expect(explanation.ratherThan?.map(\.class) == [4])
    let difference = each.explanations[0].logit - each.explanations[1].logit
    #expect(abs(explanation.logit - difference) < 1e-5)
  }

  @Test("Several layers give a raw map each, with safe names")
  func layers() throws {
    let folder = try Pictures()
    _ = try explain(
      folder, "photo.png", "--target", "0", "--layer", "conv", "--layer", "feature", "--save",
      "npy,overlay")
    #expect(
      folder.added == ["photo.0.conv_Conv.npy", "photo.0.feature_Relu.npy", "photo.0.overlay.png"])
  }

  @Test("What speaks against a class is the raw map turned around")
  func evidence() throws {
    let folder = try Pictures()
    for evidence in ["for", "against", "both"] {
      _ = try explain(
        folder, "photo.png", "--target", "0", "--layer", "conv", "--evidence", evidence, "--save",
        "npy,heatmap-npy", "-o", evidence + "/")
    }
    let raw = try FloatTensor(contentsOf: folder.appending("for/photo.0.npy"))
    func heatmap(_ evidence: String) throws -> [Float] {
      try FloatTensor(contentsOf: folder.appending("\(evidence)/photo.0.heatmap.npy")).values
    }
    let low = raw.values.min() ?? 0, high = raw.values.max() ?? 0
    try #require(low < 0 && high > 0)
    let (against, both) = (try heatmap("against"), try heatmap("both"))
    #expect(zip(raw.values, against).allSatisfy { abs(max(-$0, 0) / -low - $1) < 1e-5 })
    #expect(zip(raw.values, both).allSatisfy { abs($0 / max(high, -low) - $1) < 1e-5 })
  }

  @Test("A map without evidence is reported as such")
  func emptyMap() throws {
    let folder = try Pictures()
    let result = try Command.run(
      ["explain", fixture("only-evidence-against"), numbers, "--target", "0", "--save", "none"],
      in: folder.path)
    #expect(result.code == 0)
    // Part of the result, not beside it.
    let notes = result.text.split(separator: "\n").filter { $0.hasPrefix("note:") }
    try #require(notes.count == 2)
    #expect(
      notes[0]
        == "note: \(numbers)[0], class 0: the map is zero everywhere: at layer 'feature_Relu' all "
        + "evidence speaks against the target; show it with evidence 'against'")
    #expect(result.text.contains("  none"))
  }

  @Test("Notes are left out where that is asked for", arguments: [true, false])
  func quiet(_ isQuiet: Bool) throws {
    let folder = try Pictures()
    let arguments = ["explain", fixture("only-evidence-against"), numbers, "--target", "0"]
    let result = try Command.run(
      arguments + ["--save", "none"] + (isQuiet ? ["--quiet"] : []), in: folder.path)
    #expect(result.text.contains("note:") != isQuiet)
    #expect(result.errors.isEmpty)
  }

  @Test("That imagenet's numbers are assumed is told, unless something is stated")
  func assumption() throws {
    let folder = try Pictures()
    let told = try explain(folder, "photo.png", "--save", "none", "--json")
    let note =
      "the model states no preprocessing, so 'imagenet' is assumed; '--preprocess' names another"
    #expect(told.errors == "note: \(note)\n")
    #expect(try Report(told).notes == [note])
    for option in [["--preprocess", "imagenet"], ["--mean", "0.5"]] {
      let other = try Command.run(
        ["explain", fixture("plain"), "photo.png", "--save", "none"] + option, in: folder.path)
      #expect(other.errors.isEmpty)
    }
  }
}
