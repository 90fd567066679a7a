import Diagnostics
import Testing

@testable import Annotations

@Suite("YOLO's text")
struct YOLOTests {
  @Test(
    "Boxes and outlines are shares of the photo's sides; names stand in lists or YAML",
    arguments: [
      ("classes.txt", "cat\nwild dog\n"), ("obj.names", "cat\r\nwild dog"),
      ("data.yaml", "nc: 2  # two\nnames: ['cat', \"wild dog\"]\n"),
      ("data.yaml", "names:\n  0: cat\n  1: wild dog\ntrain: images\n"),
      ("dataset.yml", "names:\n- cat\n- 'wild dog'\nnc: 2\n"),
    ])
  func objects(_ file: String, _ names: String) throws {
    let folder = try DataFolder().photo("images/train/a.png").photo("images/train/b.png")
    try folder.write(
      "0 0.5 0.5 0.5 0.2\n\n1 0.1 0.1 0.2 0.1 0.2 0.5\n", to: "labels/train/a.txt")
    try folder.write("", to: "labels/train/b.txt").write(names, to: file)
    let set = try folder.read()
    #expect(set.kind == .yolo)
    #expect(set.told.isEmpty)
    #expect(
      set.boxes("images/train/a.png") == ["cat: 10, 12, 30, 18", "wild dog: 4, 3, 8, 15"])
    #expect(set.photos[0].objects.map(\.place.line) == [1, 3])
    #expect(set.photos[1].objects.isEmpty)
  }

  @Test("What is wrong with a line is told")
  func bad() throws {
    let folder = try DataFolder().photo("a.png").write("cat\n", to: "classes.txt")
    try folder.write(
      """
      0 0.5 0.5 0.5 0.2
      0 0.5 0.5 0.5 0.2
      0 0.5 0.5
      1 0.5 0.5 0.5 0.2
      0 1.9 0.5 0.1 0.2
      0 0.5 0.5 0.5 nan
      0 0.5 0.5 0 0.2
      """, to: "a.txt")
    let set = try folder.read()
    #expect(
      set.told == [
        "a.txt:2: the line repeats line 1 (left out)",
        "a.txt:3: 2 numbers after the class are neither a box nor an outline (left out)",
        "a.txt:4: class 1 is not among the 1 that are named (left out)",
        "a.txt:6: '0 0.5 0.5 0.5 nan' is not numbers (left out)",
        "a.txt:5: 'cat': box 74, 12, 78, 18 lies outside the picture of 40x30 (left out)",
        "a.txt:7: 'cat': box 20, 12, 20, 18 is empty (left out)",
      ])
    #expect(set.boxes("a.png") == ["cat: 10, 12, 30, 18"])
  }

  @Test("Labels without a photo are told of, and no names are an error")
  func without() throws {
    let folder = try DataFolder().write("0 0.5 0.5 0.5 0.2", to: "labels/a.txt")
    let error = #expect(throws: DiagnosticError.self) { try folder.read() }
    #expect(error?.message.hasPrefix("No names for the classes of YOLO's annotations in") == true)
    try folder.write("cat", to: "classes.txt")
    #expect(
      try folder.read().told == [
        "labels/a.txt: there is no picture 'a.jpg', for 1 object (left out)"
      ])
  }
}
