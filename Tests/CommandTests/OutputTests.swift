import Foundation
import GradCAM
import Testing
import _TestSupport

@Suite("Where files go")
struct OutputTests {
  private func explain(
    _ folder: Pictures, _ arguments: [String], input: Data = Data()
  ) throws -> Command.Result {
    try Command.run(["explain", fixture("plain")] + arguments, in: folder.path, input: input)
  }

  private func files(_ folder: Pictures, in name: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.appending(name)).sorted()
  }

  @Test(
    "One picture takes the path and format of -o",
    arguments: [("why.png", Image.Format.png), ("why.jpg", .jpeg), ("why.webp", .webp)])
  func oneFile(_ name: String, _ format: Image.Format) throws {
    let folder = try Pictures()
    let result = try explain(folder, ["photo.png", "-o", name])
    #expect(result.code == 0)
    #expect(folder.added == [name])
    #expect(try Image(contentsOf: folder.appending(name)).source?.format == format)
    #expect(try !Image.metadata(contentsOf: folder.appending(name)).isEmpty)
  }

  @Test("A folder is made where -o ends in a slash, has no extension, or several files come")
  func folders() throws {
    let folder = try Pictures()
    _ = try explain(folder, ["photo.png", "--target", "0", "-o", "a/b/"])
    _ = try explain(folder, ["photo.png", "--target", "0", "-o", "c"])
    _ = try explain(folder, ["photo.png", "--target", "0", "--save", "overlay,npy", "-o", "d.1"])
    _ = try explain(folder, ["photo.png", "--target", "0", "-o", "e/f/why.png"])
    #expect(folder.added == ["a", "c", "d.1", "e"])
    #expect(try files(folder, in: "e/f") == ["why.png"])
    #expect(try files(folder, in: "a/b") == ["photo.0.overlay.png"])
    #expect(try files(folder, in: "c") == ["photo.0.overlay.png"])
    #expect(try files(folder, in: "d.1") == ["photo.0.npy", "photo.0.overlay.png"])
  }

  @Test("Standard input to standard output")
  func streams() throws {
    let folder = try Pictures()
    let photo = try Data(contentsOf: URL(filePath: folder.appending("photo.png")))
    let result = try explain(folder, ["-", "-o", "-", "--preprocess", "imagenet"], input: photo)
    #expect(result.code == 0)
    #expect(result.errors.isEmpty)
    #expect(folder.added.isEmpty)
    let piped = try Image(decoding: Array(result.output))
    _ = try explain(folder, ["photo.png", "-o", "file.png", "--preprocess", "imagenet"])
    #expect(try piped == Image(contentsOf: folder.appending("file.png")))
  }

  @Test("An array on standard input to an array on standard output")
  func arrayStreams() throws {
    let folder = try Pictures()
    let values = (0..<192).map { Float($0 % 17) / 17 }
    let array = FloatTensor(shape: [1, 3, 8, 8], values: values)
    let result = try explain(
      folder, ["-", "--save", "npy", "-o", "-"], input: Data(array.numPy))
    #expect(result.code == 0)
    let map = try FloatTensor(numPy: Array(result.output), name: "output")
    #expect(map.shape == [8, 8])
  }

  @Test("Several targets give an overlay each, and a figure of all")
  func figure() throws {
    let folder = try Pictures()
    let result = try explain(
      folder, ["photo.png", "--target", "0", "--target", "3", "--preprocess", "imagenet"])
    #expect(result.code == 0)
    let isDrawn = result.errors.isEmpty
    #expect(isDrawn || result.errors.hasPrefix("note: no figure: Cannot draw the figure: "))
    let overlays = ["photo.0.overlay.png", "photo.3.overlay.png"]
    #expect(folder.added == overlays + (isDrawn ? ["photo.figure.png"] : []))
    guard isDrawn else { return }
    #expect(result.text.contains("\nfigure: photo.figure.png\n"))
    let entries = try Image.metadata(contentsOf: folder.appending("photo.figure.png"))
    #expect(entries.first { $0.key == "Class" }?.value == "0; 3")
  }

  @Test("A class that two targets name is explained once")
  func sameTwice() throws {
    let folder = try Pictures()
    let predicted = try Report(explain(folder, ["photo.png", "--save", "none", "--json"]))
    let number = try #require(predicted.explanations.first?.class)
    let result = try explain(
      folder,
      ["photo.png", "--target", "predicted", "--target", "\(number)", "--json", "--save", "npy"])
    #expect(try Report(result).explanations.count == 1)
    #expect(folder.added == ["photo.\(number).npy"])
  }

  @Test("A folder's pictures are explained by name; what is none is skipped with a note")
  func folderInput() throws {
    let folder = try Pictures()
    try Pictures.photo(width: 9, height: 9).write(to: folder.appending("another.jpg"))
    let result = try explain(
      folder, [".", "--target", "0", "-o", "out/", "--json", "--preprocess", "imagenet"])
    #expect(result.code == 0)
    let report = try Report(result)
    #expect(report.explanations.map(\.input) == ["./another.jpg", "./photo.png"])
    #expect(report.skipped?.map(\.input) == ["./five.txt", "./two.txt"])
    #expect(
      result.errors.split(separator: "\n").allSatisfy {
        $0.hasPrefix("note: skipped: './") && $0.contains("' is not a picture: ")
      })
    #expect(try files(folder, in: "out") == ["another.0.overlay.png", "photo.0.overlay.png"])
  }

  @Test("Inputs of one stem get names of their own")
  func stems() throws {
    let folder = try Pictures()
    try Pictures.photo(width: 9, height: 9).write(to: folder.appending("photo.jpg"))
    _ = try explain(folder, ["photo.png", "photo.jpg", "--target", "0", "-o", "out"])
    #expect(try files(folder, in: "out") == ["photo-2.0.overlay.png", "photo.0.overlay.png"])
  }

  @Test("A place that cannot be written to is an error, and nothing is left there")
  func unwritable() throws {
    let folder = try Pictures()
    let result = try explain(
      folder, ["photo.png", "--target", "0", "-o", "/dev/null/why.png", "--quiet"])
    #expect(
      result.errors == """
        Error: Cannot make folder '/dev/null/': a file of that name is in the way
          help: name another place with '-o'

        """)
    #expect(result.code == 2)
    #expect(folder.added.isEmpty)
  }

  @Test("An older file is replaced as a whole")
  func replaced() throws {
    let folder = try Pictures()
    try folder.write(Array("old".utf8), to: "why.png")
    _ = try explain(folder, ["photo.png", "-o", "why.png"])
    #expect(try Image(contentsOf: folder.appending("why.png")).width == 12)
    #expect(folder.added == ["why.png"])
  }

  @Test("The overlay of an array is drawn on a gray picture of its numbers")
  func arrayOverlay() throws {
    let folder = try Pictures()
    _ = try explain(
      folder, [numbers, "--target", "2", "--opacity", "0", "-o", "out"])
    let picture = try Image(contentsOf: folder.appending("out/input-0.2.overlay.png"))
    #expect(picture.width == 8 && picture.height == 8)
    let grays = (0..<64).map { picture[x: $0 % 8, y: $0 / 8] }
    #expect(grays.allSatisfy { $0.red == $0.green && $0.green == $0.blue })
    #expect(grays.map(\.red).min() == 0 && grays.map(\.red).max() == 255)
  }
}
