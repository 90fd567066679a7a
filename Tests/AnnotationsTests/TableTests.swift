import Diagnostics
import Testing

@testable import Annotations

@Suite("CSV tables")
struct TableTests {
  @Test(
    "Columns are known by their names",
    arguments: [
      "filename,width,height,class,xmin,ymin,xmax,ymax\n\"a.png\",40,30,\"black, cat\",2,3,12,8\n",
      "image;label;x;y;w;h\r\na.png;black, cat;2;3;10;5\r\n",
      "a.png,2,3,12,8,\"black, cat\"\n",
      "path\tclass\tx1\ty1\tx2\ty2\n\na.png\tblack, cat\t2\t3\t12\t8",
    ])
  func boxes(_ text: String) throws {
    let set = try DataFolder().photo("a.png").write(text, to: "t.csv").read()
    #expect(set.kind == .csv)
    #expect(set.told.isEmpty)
    #expect(set.boxes("a.png") == ["black, cat: 2, 3, 12, 8"])
  }

  @Test("A table of classes alone, by name or number; a row without a class is a photo of nothing")
  func classes() throws {
    let folder = try DataFolder().photo("a.png").photo("b.png").photo("c.png")
    let set = try folder.write(
      "file,class,class_index\na.png,cat,\nb.png,,7\nc.png,,\n", to: "t.csv"
    ).read()
    #expect(set.told.isEmpty)
    #expect(
      set.photos.map { $0.objects.map(\.category) } == [
        [ObjectCategory(name: "cat")], [ObjectCategory(index: 7)], [],
      ])
  }

  @Test("What is wrong with a row is told with its line")
  func bad() throws {
    let set = try DataFolder().photo("a.png").write(
      """
      file,class,x1,y1,x2,y2
      a.png,"two
      lines",1,1,5,5
      a.png,cat,1,1,5
      a.png,cat,1,1,5,five
      a.png,,1,1,5,5
      ,cat,1,1,5,5
      a.png,dog,1,1,5,5
      a.png,dog,1,1,5,5
      a.png,dog,5,5,1,1
      """, to: "t.csv"
    ).read()
    #expect(
      set.told == [
        "t.csv:4: the row has 5 fields, not 6 (left out)",
        "t.csv:5: 'cat' has no box of four numbers (left out)",
        "t.csv:6: the row has a box, but no class (left out)",
        "t.csv:7: the row names no file (left out)",
        "t.csv:9: the row repeats line 8 (left out)",
        "t.csv:10: 'dog': box 5, 5, 1, 1 is empty (left out)",
      ])
    #expect(set.boxes("a.png") == ["two\nlines: 1, 1, 5, 5", "dog: 1, 1, 5, 5"])
  }

  @Test("A quote that is not closed is an error with its line")
  func unclosed() throws {
    let folder = try DataFolder().write("file,class\na.png,\"cat\n\n", to: "t.csv")
    let error = #expect(throws: DiagnosticError.self) { try folder.read() }
    #expect(error?.message == "Cannot read CSV table 't.csv': a quote is not closed")
    #expect(error?.notes == ["at t.csv:2"])
  }
}
