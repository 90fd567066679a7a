import Foundation
import GradCAM
import Testing
import _TestSupport

@Suite("gradcam explain with many photos")
struct ManyPhotosTests {
  /// Explains a folder of nine photos and a text, and gives what was printed and each file's bytes.
  private func explain(
    jobs: Int, _ more: String...
  ) throws -> (result: Command.Result, files: [String: Data]) {
    let photos = TemporaryFolder()
    for index in 0..<9 {
      try Pictures.photo(width: 8 + 5 * index, height: 30 - 2 * index)
        .write(to: photos.appending("photo-\(index).png"))
    }
    try photos.write(Array("no picture".utf8), to: "photo-4.txt")
    let out = try Pictures()
    let result = try Command.run(
      ["explain", fixture("plain"), photos.path, "--jobs", "\(jobs)", "-o", "."] + more,
      in: out.path)
    let files = try out.added.map { ($0, try Data(contentsOf: URL(filePath: out.appending($0)))) }
    let text = result.text.replacing(photos.path, with: "")
    return (
      Command.Result(output: Data(text.utf8), errors: result.errors, code: result.code),
      Dictionary(uniqueKeysWithValues: files)
    )
  }

  @Test("Several at once print and write the same as one after the other, in the same order")
  func order() throws {
    let one = try explain(jobs: 1, "--target", "top:2", "--save", "overlay,npy")
    let many = try explain(jobs: 4, "--target", "top:2", "--save", "overlay,npy")
    #expect(one.result.code == 0 && many.result.code == 0)
    #expect(one.files.count == 9 * 2 * 2)
    #expect(many.files == one.files)
    #expect(many.result.text == one.result.text)
    let places = (0..<9).compactMap {
      many.result.text.firstRange(of: "photo-\($0).png")?.lowerBound
    }
    #expect(places.count == 9 && places == places.sorted())
    #expect(many.result.errors.contains("skipped:"))
  }

  @Test("Methods of many passes agree too")
  func passes() throws {
    let one = try explain(jobs: 1, "--method", "scorecam", "--save", "npy")
    let many = try explain(jobs: 3, "--method", "scorecam", "--save", "npy")
    #expect(one.files.count == 9)
    #expect(many.files == one.files)
  }

  @Test("A named file that is no picture ends the run with its error, whatever comes after")
  func failure() throws {
    let folder = try Pictures()
    try folder.write(Array("no picture".utf8), to: "bad.jpg")
    let names = ["photo.png", "bad.jpg"] + Array(repeating: "photo.png", count: 6)
    let result = try Command.run(
      ["explain", fixture("plain"), "--jobs", "3", "--json"] + names, in: folder.path)
    #expect(result.code != 0)
    #expect(result.errors.contains("bad.jpg"))
    #expect(result.text.isEmpty)
  }

  @Test("No number of photos at once out of range", arguments: ["0", "-1", "1025", "many"])
  func range(jobs: String) throws {
    let folder = try Pictures()
    let result = try Command.run(
      ["explain", fixture("plain"), "photo.png", "--jobs=\(jobs)"], in: folder.path)
    #expect(result.code != 0 && result.errors.contains("--jobs"))
  }
}
