import Testing

@testable import Annotations

@Suite("VOC's XML")
struct VOCTests {
  private func annotation(_ inside: String) -> String {
    "<annotation>\n<filename>a.png</filename>\n\(inside)\n</annotation>"
  }

  private func object(_ name: String, _ edges: [String], _ more: String = "") -> String {
    let box = zip(["xmin", "ymin", "xmax", "ymax"], edges).map { "<\($0)>\($1)</\($0)>" }
    return "<object><name>\(name)</name>\(more)<bndbox>\(box.joined())</bndbox></object>"
  }

  @Test("Boxes count pixels from 1, the last one belongs to them")
  func boxes() throws {
    let set = try DataFolder().photo("a.png").write(
      annotation(
        "<size><width>40</width><height>30</height></size>\n"
          + object("cat", ["1", "1", "40", "30"], "<difficult>1</difficult>") + "\n"
          + object("dog", ["3", "4", "5.5", "6"])), to: "Annotations/a.xml"
    ).read()
    #expect(set.kind == .voc)
    #expect(set.told.isEmpty)
    #expect(set.boxes("a.png") == ["cat: 0, 0, 40, 30", "dog: 2, 3, 5.5, 6"])
    #expect(set.photos[0].objects.map(\.isDifficult) == [true, false])
    #expect(
      set.photos[0].objects.map(\.place.description) == [
        "Annotations/a.xml:4", "Annotations/a.xml:5",
      ])
  }

  @Test("A name left out, or without extension, means the photo of the file's name")
  func names() throws {
    let folder = try DataFolder().photo("a.png").photo("b.png")
    try folder.write(
      annotation(object("cat", ["2", "2", "5", "5"])).replacing("a.png", with: "a"), to: "a.xml")
    try folder.write(
      "<annotation>\(object("dog", ["2", "2", "5", "5"]))</annotation>", to: "b.xml")
    let set = try folder.read()
    #expect(set.told.isEmpty)
    #expect(set.photos.map(\.file) == ["a.png", "b.png"])
  }

  @Test("What is wrong with a file or an object is told with its line")
  func bad() throws {
    let folder = try DataFolder().photo("a.png")
    try folder.write(
      annotation(
        object("cat", ["100", "1", "120", "9"]) + "\n" + object("dog", ["1", "2", "x", "4"]) + "\n"
          + "<object><bndbox/></object>"), to: "a.xml")
    try folder.write("<annotation>\n<object>\n</annotation>", to: "b.xml")
    try folder.write(annotation("").replacing("a.png", with: "gone.png"), to: "c.xml")
    try folder.write(annotation(""), to: "d.xml")
    try folder.write(
      "<!DOCTYPE x [\n<!ENTITY a \"aaaa\">]>\n<annotation>&a;</annotation>", to: "e.xml")
    try folder.write(
      annotation("<size><width>7</width><height>7</height></size>")
        .replacing("a.png", with: "f.png"), to: "f.xml")
    try folder.photo("f.png")
    try folder.write(
      "<annotation>" + String(repeating: "<a>", count: 99_999), to: "g.xml")
    let set = try folder.read()
    #expect(
      set.told == [
        "a.xml:4: object 2, 'dog', has no box of four numbers (left out)",
        "a.xml:5: object 3 has no 'name' (left out)",
        "a.xml:3: object 1: box 99, 0, 120, 9 lies outside the picture of 40x30 (left out)",
        "b.xml:3: mismatched tag (left out)",
        "c.xml:2: there is no picture 'gone.png' (left out)",
        "d.xml:2: 'a.png' is told of a second time, after a.xml:2 (left out)",
        "e.xml:2: it declares entities of its own (left out)",
        "f.xml:2: 'f.png' is 40x30, not 7x7 (left out)",
        "g.xml:1: it nests deeper than 32 (left out)",
      ])
  }
}
