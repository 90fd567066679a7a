import Foundation
import GradCAM
import Testing
import _TestSupport

@Suite("gradcam explain --target all")
struct AllClassesTests {
  private func explain(_ folder: Pictures, _ arguments: String...) throws -> Command.Result {
    try Command.run(
      ["explain", fixture("plain"), "photo.png", "--preprocess", "imagenet"] + arguments,
      in: folder.path)
  }

  @Test("The array holds each class's map, and the report is the predicted class's")
  func array() throws {
    let folder = try Pictures()
    let result = try explain(folder, "--target", "all", "--save", "overlay", "--json")
    #expect(result.code == 0, "\(result.errors)")
    let all = try FloatTensor(contentsOf: folder.appending("photo.classes.npy"))
    let report = try Report(result)
    #expect(report.explanations.count == 1 && report.explanations[0].rank == 1)
    let count = all.shape[0]
    #expect(count > 1 && all.shape.count == 3)
    #expect(try explain(folder, "--target", "top:\(count)", "--save", "npy").code == 0)
    let size = all.values.count / count
    for index in 0..<count {
      let one = try FloatTensor(contentsOf: folder.appending("photo.\(index).npy"))
      #expect(one.shape == Array(all.shape.dropFirst()))
      let part = all.values[index * size..<(index + 1) * size]
      #expect(zip(one.values, part).allSatisfy { abs($0 - $1) <= 1e-6 * max(1, abs($0)) })
    }
    #expect(folder.appending("photo.\(report.explanations[0].class).overlay.png").isFile)
  }

  @Test("Layers have an array each, and printed words name them")
  func layers() throws {
    let folder = try Pictures()
    let result = try explain(
      folder, "--target", "all", "--layer", "input", "--layer", "feature_Relu")
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.text.contains("all classes: photo.input.classes.npy"))
    #expect(folder.appending("photo.feature_Relu.classes.npy").isFile)
    #expect(!folder.appending("photo.overlay.png").isFile)
  }

  @Test(
    "What does not go with all classes is refused",
    arguments: [
      (["--target", "all", "--target", "1"], "'--target all' stands alone"),
      (["--target", "all", "--rather-than", "1"], "'--target all' stands alone"),
      (["--save", "classes-npy"], "'--save classes-npy' is the array of '--target all'"),
      (
        ["--target", "all", "--method", "scorecam"], "Method 'scorecam' has no maps of all classes"
      ),
      (
        ["--target", "all", "--method", "gradient"], "Method 'gradient' has no maps of all classes"
      ),
    ])
  func refused(options: [String], message: String) throws {
    let folder = try Pictures()
    let result = try Command.run(
      ["explain", fixture("plain"), "photo.png"] + options, in: folder.path)
    #expect(result.code == 2)
    #expect(result.errors.contains(message), "\(result.errors)")
  }
}

extension String {
  /// Whether a file stands at this path.
  fileprivate var isFile: Bool { FileManager.default.fileExists(atPath: self) }
}
