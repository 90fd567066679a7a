import Foundation
import GradCAM
import Testing
import _TestSupport

@Suite("How the map is computed, on the command line")
struct MethodOptionTests {
  private func explain(_ folder: Pictures, _ arguments: [String]) throws -> Command.Result {
    try Command.run(
      ["explain", fixture("plain"), "photo.png", "--preprocess", "imagenet", "--target", "0"]
        + arguments, in: folder.path)
  }

  @Test("Smoothing by principal components shows another map, and says so everywhere")
  func smoothed() throws {
    let folder = try Pictures()
    let arguments = ["--save", "npy,figure"]
    let plain = try explain(folder, arguments + ["-o", "plain/"])
    let smooth = try explain(folder, arguments + ["-o", "smooth/", "--eigen-smooth"])
    #expect(plain.code == 0 && smooth.code == 0, "\(smooth.errors)")
    #expect(smooth.text.contains("Grad-CAM, eigen-smoothed, evidence for"))
    #expect(!plain.text.contains("eigen-smoothed"))
    let maps = try ["plain/photo.0.npy", "smooth/photo.0.npy"].map {
      try FloatTensor(contentsOf: folder.appending($0))
    }
    #expect(maps[0].shape == maps[1].shape && maps[0].values != maps[1].values)
    let entries = try Image.metadata(contentsOf: folder.appending("smooth/photo.figure.png"))
    #expect(entries.contains { $0.key == "Method" && $0.value == "gradcam eigen-smooth" })
  }

  @Test("A method whose map is no sum over channels cannot be smoothed")
  func notSmoothed() throws {
    let result = try explain(Pictures(), ["--method", "eigencam", "--eigen-smooth"])
    #expect(result.code == 2)
    #expect(
      result.errors.hasPrefix(
        "Error: method 'eigencam' has no '--eigen-smooth', for its map is no sum over channels; "
          + "these have: gradcam, cam,"))
  }

  @Test(
    "Unless evidence is given the preset says which, for methods that tell for from against",
    arguments: [
      ([], "for"), (["--preset", "captum"], "both"),
      (["--preset", "captum", "--evidence", "for"], "for"),
      (["--preset", "captum", "--method", "gradient"], "for"),
    ])
  func evidence(options: [String], expected: String) throws {
    let result = try explain(Pictures(), options + ["--json", "--save", "none"])
    #expect(result.code == 0, "\(result.errors)")
    #expect(try Report(result).explanations[0].evidence == expected)
  }

  @Test("Colours without a side for negative values do not fit a preset that shows both signs")
  func colours() throws {
    let result = try explain(Pictures(), ["--preset", "captum", "--colormap", "turbo"])
    #expect(result.code == 2)
    #expect(result.errors.hasPrefix("Error: Colormap 'turbo' has no colours for negative values"))
  }
}
