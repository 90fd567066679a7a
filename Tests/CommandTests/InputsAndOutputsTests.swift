import Foundation
import GradCAM
import Testing
import _TestSupport

@Suite("Other inputs and outputs than a photo and a list of classes")
struct InputsAndOutputsTests {
  private func map(_ folder: Pictures, _ name: String = "input-0.2.npy") throws -> [Float] {
    try FloatTensor(contentsOf: folder.appending(name)).values
  }

  /// The common map of the first image.
  private func common() throws -> [Float] {
    Array(try FloatTensor(contentsOf: Fixtures.path("Models/Shared/map.npy")).values.prefix(64))
  }

  private func isClose(_ found: [Float], _ wanted: [Float]) -> Bool {
    let scale = wanted.reduce(0) { max($0, abs($1)) }
    return found.count == wanted.count
      && zip(found, wanted).allSatisfy { abs($0 - $1) <= 1e-5 * scale }
  }

  @Test(
    "Inputs beside the image are fed from the command line",
    arguments: [
      ["scale-input", "--input", "scale=1"], ["scale-input", "--input", "scale=one.npy"],
      ["flag-input", "--input", "is_training=false"], ["size-input", "--input", "size=8"],
      ["two-inputs-of-images", "--image-input", "input", "--input", "other=0"],
      ["sequence", "--position", "1"], ["argmax-tail"], ["zip-map"], ["fixed-batch-of-four"],
    ])
  func fed(_ arguments: [String]) throws {
    let folder = try Pictures()
    try FloatTensor(shape: [4, 1, 1], values: [1, 1, 1, 1]).write(to: folder.appending("one.npy"))
    let result = try Command.run(
      ["explain", fixture(arguments[0]), numbers, "--target", "2", "--save", "npy", "--quiet"]
        + arguments.dropFirst(), in: folder.path)
    #expect(result.errors.isEmpty && result.code == 0)
    let name = arguments.contains("--position") ? "input-0.2-at-1.npy" : "input-0.2.npy"
    #expect(try isClose(map(folder, name), common()))
  }

  @Test(
    "What cannot be fed is told",
    arguments: [
      (["--input", "scal=1"], "No input named 'scal' in 'scale-input.onnx'"),
      (["--input", "scale=1", "--input", "scale=2"], "Input 'scale' is fed twice"),
      (["--input", "scale=absent.npy"], "No file or folder 'absent.npy'"),
      (["--input", "scale=five.txt"], "Cannot read 'five.txt' as a NumPy array"),
      (
        ["--input", "scale=three.npy"],
        "Input 'scale': float32 [N, 4, 1, 1] of 'scale-input.onnx' does not take numbers of shape "
          + "[3]"
      ),
      (["--input", "scale"], "The value 'scale' is invalid for '--input <NAME=FILE|x>'"),
      (["--input", "scale=1", "--image-input", "scale"], "No input named 'scale' is left"),
    ])
  func unfed(_ arguments: [String], _ message: String) throws {
    let folder = try Pictures()
    try FloatTensor(shape: [3], values: [1, 1, 1]).write(to: folder.appending("three.npy"))
    let result = try Command.run(
      ["explain", fixture("scale-input"), numbers, "--save", "none"] + arguments, in: folder.path)
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(result.code == 2)
  }

  @Test("A segmentation's pixels are chosen, and the share that a class wins is told")
  func segmentation() throws {
    struct Listing: Decodable {
      struct Row: Decodable {
        let share: Float
        let places: String
        let probability: Float?
      }
      let explanations: [Row]
    }
    let folder = try Pictures()
    for (option, words) in [
      ([], "all"), (["--pixels", "won"], "won"), (["--region", "2,2,4,4"], "2,2,4,4"),
    ] as [([String], String)] {
      let result = try Command.run(
        ["explain", fixture("segmentation"), numbers, "--target", "2", "--save", "npy", "--json"]
          + option, in: folder.path)
      let row = try #require(
        JSONDecoder().decode(Listing.self, from: result.output).explanations.first)
      #expect(row.places == words && row.probability == nil)
      let count = words == "all" ? 64 : words == "won" ? 64 * row.share : 16
      #expect(try isClose(map(folder).map { $0 / count }, common()))
    }
    let both = try Command.run(
      ["explain", fixture("segmentation"), numbers, "--pixels", "won", "--region", "2,2,4,4"])
    #expect(both.code == 2)
    #expect(both.errors.contains("exclude each other"))
  }

  @Test("Labels over 50 % are listed, and a number has no probability")
  func labels() throws {
    let folder = try Pictures()
    let several = try Command.run(
      ["explain", fixture("sigmoid-tail"), numbers, "--save", "none"], in: folder.path)
    #expect(several.text.contains("over 50%"))
    let one = try Command.run(
      ["explain", fixture("regression"), numbers, "--target", "price", "--save", "none"],
      in: folder.path)
    #expect(one.code == 0)
    #expect(one.text.contains("price") && !one.text.contains("probability"))
  }

  @Test("A volume gives a picture a slice, a contact sheet, and arrays with slices")
  func volume() throws {
    let folder = try Pictures()
    let volume = Fixtures.path("Models/Volume/input.npy")
    let result = try Command.run(
      [
        "explain", fixture("volume"), volume, "--target", "1", "--save",
        "overlay,npy,heatmap-npy,figure", "--json",
      ], in: folder.path)
    #expect(result.code == 0, "\(result.errors)")
    let slices = (0..<6).map { "input.1.slice-\($0).overlay.png" }
    #expect(
      Set(folder.added)
        == Set(slices + ["input.1.npy", "input.1.heatmap.npy", "input.figure.png"]))
    #expect(try FloatTensor(contentsOf: folder.appending("input.1.npy")).shape == [3, 8, 5])
    let heatmap = try FloatTensor(contentsOf: folder.appending("input.1.heatmap.npy"))
    #expect(heatmap.shape == [6, 8, 10])
    let overlay = try Image(contentsOf: folder.appending(slices[3]))
    #expect(overlay.width == 10 && overlay.height == 8)
    #expect(result.text.contains("\"slice\""))
  }

  @Test("Slices come as pages of a TIFF file, as a folder, or one after the other")
  func slices() throws {
    let folder = try Pictures()
    let values = try FloatTensor(contentsOf: Fixtures.path("Models/Volume/input.npy")).values
    let pages = (0..<6).map { Array(values[$0 * 80..<($0 + 1) * 80]) }
    func tiff(_ pages: [[Float]]) -> [UInt8] {
      PlainTIFF.bytes(pages: pages, width: 10, height: 8, samples: 1, kind: .float32)
    }
    try folder.write(tiff(pages), to: "scan.tif")
    try FileManager.default.createDirectory(
      atPath: folder.appending("study"), withIntermediateDirectories: true)
    for (number, page) in pages.enumerated() {
      try folder.write(tiff([page]), to: "study/slice\(number).tif")
    }
    let wanted = try FloatTensor(contentsOf: Fixtures.path("Models/Volume/map.npy")).values
    let list = (0..<6).map { "study/slice\($0).tif" }
    for (inputs, stem) in [(["scan.tif"], "scan"), (["study"], "study"), (list, "slice0")] {
      let result = try Command.run(
        ["explain", fixture("volume")] + inputs + ["--target", "1", "--save", "npy"],
        in: folder.path)
      #expect(result.code == 0, "\(result.errors)")
      #expect(try isClose(map(folder, "\(stem).1.npy"), wanted))
    }
  }

  @Test("Bands come from TIFF files, and any three of them are drawn")
  func bands() throws {
    let folder = try Pictures()
    let image = try FloatTensor(contentsOf: Fixtures.path("Models/Shared/input.npy")).values
    var pixels: [Float] = []
    for place in 0..<64 {
      for band in 0..<3 { pixels.append(image[band * 64 + place]) }
      pixels += [Float](repeating: Float(place), count: 3)
    }
    try folder.write(
      PlainTIFF.bytes(pages: [pixels], width: 8, height: 8, samples: 6, kind: .float32),
      to: "scene.tif")
    let result = try Command.run(
      [
        "explain", fixture("six-bands"), "scene.tif", "--target", "2", "--bands", "6,5,4",
        "--save", "npy,overlay", "--opacity", "0",
      ], in: folder.path)
    #expect(result.code == 0, "\(result.errors)")
    #expect(try isClose(map(folder, "scene.2.npy"), common()))
    let drawn = try Image(contentsOf: folder.appending("scene.2.overlay.png"))
    let corner = drawn[x: 7, y: 7]
    #expect(corner.red == 255 && corner.green == 255 && corner.blue == 255)
    #expect(drawn[x: 0, y: 0].red == 0)
    for (bands, message) in [("7", "There is no band 7"), ("1,2", "invalid")] {
      let bad = try Command.run(
        ["explain", fixture("six-bands"), "scene.tif", "--bands", bands], in: folder.path)
      #expect(bad.code == 2)
      #expect(bad.errors.contains(message), "\(bad.errors)")
    }
  }

  @Test("A photo is seen in its own size where the model leaves it open")
  func ownSize() throws {
    let folder = try Pictures()
    let told = try Command.run(
      ["explain", fixture("open-size"), "photo.png", "--save", "none"], in: folder.path)
    #expect(told.errors.contains("so 224x224 is assumed; '--size photo' takes each photo's own"))
    let result = try Command.run(
      [
        "explain", fixture("open-size"), "photo.png", "--target", "2", "--size", "photo", "--save",
        "npy,gradient-npy,heatmap-npy,overlay",
      ], in: folder.path)
    #expect(result.code == 0, "\(result.errors)")
    #expect(try FloatTensor(contentsOf: folder.appending("photo.2.npy")).shape == [2, 3])
    #expect(try FloatTensor(contentsOf: folder.appending("photo.2.heatmap.npy")).shape == [8, 12])
    #expect(
      try FloatTensor(contentsOf: folder.appending("photo.2.gradient.npy")).shape == [4, 2, 3])
    let fixed = try Command.run(
      ["explain", fixture("plain"), "photo.png", "--size", "photo"], in: folder.path)
    #expect(fixed.code == 2)
  }
}
