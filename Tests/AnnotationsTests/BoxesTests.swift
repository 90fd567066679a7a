import Diagnostics
import Testing

@testable import Annotations

@Suite("boxes.json, and which annotations a folder has")
struct BoxesTests {
  @Test("Elements with classes of their own")
  func elements() throws {
    let set = try DataFolder().photo("a.png").photo("b.png").photo("c.png").write(
      """
      [{"file": "a.png", "width": 40, "height": 30, "elements": [
        {"class": "cat", "box": [2, 3, 12, 8]}, {"class": 3, "box": [0, 0, 9, 9]},
        {"class": "dog", "box": [1, 2]}, {"box": [1, 2, 3, 4]}]},
       {"file": "b.png", "elements": []},
       {"file": "a.png", "elements": []}, {"elements": []}]
      """, to: "boxes.json"
    ).read()
    #expect(set.kind == .boxes)
    #expect(set.boxes("a.png") == ["cat: 2, 3, 12, 8", "3: 0, 0, 9, 9"])
    #expect(set.photos[0].objects.map(\.category.index) == [nil, 3])
    #expect(set.photos.map(\.file) == ["a.png", "b.png"])
    #expect(set.unnamedCount == 1)
    #expect(
      set.told == [
        "boxes.json:3: 'dog' has no box of four numbers (left out)",
        "boxes.json:3: an element has no 'class' (left out)",
        "boxes.json:5: 'a.png' is told of a second time, after boxes.json:1 (left out)",
        "boxes.json:5: a photo has no 'file' (left out)",
      ])
  }

  @Test("Photos of one class each, with boxes or without")
  func oneClass() throws {
    let set = try DataFolder().photo("a.png").photo("b.png").write(
      """
      {"note": "drawn", "images": [
       {"file": "a.png", "class_index": 2, "wnid": "n00000001", "class_name": "cat, tabby",
        "original_size": [80, 60], "boxes_original_xyxy_inclusive": [[4, 6, 23, 15]],
        "boxes_40_xyxy": [[2, 3, 12, 8], [1, 1, 2, 2]]},
       {"file": "b.png", "class_name": "dog", "size": [40, 30]}]}
      """, to: "boxes.json"
    ).read()
    #expect(set.told.isEmpty)
    #expect(set.boxes("a.png") == ["cat, tabby: 2, 3, 12, 8", "cat, tabby: 1, 1, 2, 2"])
    #expect(
      set.photos[0].objects[0].category
        == ObjectCategory(name: "cat, tabby", synset: "n00000001", index: 2))
    #expect(set.boxes("b.png") == ["dog: –"])
  }

  @Test("Pairs take their masks from the file beside them")
  func pairs() throws {
    let folder = try DataFolder().photo("a.png")
    try folder.write(
      """
      {"pairs": [{"file": "a.png", "size": [40, 30], "imagenet_class": 9, "imagenet_name": "cat",
       "boxes_xyxy": [[2, 2, 4, 4], [6, 6, 9, 9]], "annotation_ids": [11, 12],
       "iscrowd": [0, 1]}]}
      """, to: "pairs.json")
    #expect(
      try folder.read().told == [
        "pairs.json:1: annotations are named, but no file 'instances.json' has their masks, so boxes "
          + "are taken (changed)"
      ])
    try folder.write(
      """
      {"images": [{"id": 1, "file_name": "a.png"}], "annotations": [
       {"id": 11, "segmentation": [[2, 2, 4, 2, 4, 4]]}]}
      """, to: "instances.json")
    let set = try folder.read("pairs")
    #expect(set.photos[0].objects.map { $0.shape != nil } == [true, false])
    #expect(set.photos[0].objects.map(\.isCrowd) == [false, true])
    #expect(
      set.told == [
        "pairs.json:2: annotation 12 is not in the file of masks, so its box is taken (changed)"
      ])
  }

  @Test("A folder without annotations, with several, and with what was asked for")
  func choosing() throws {
    let folder = try DataFolder().photo("a.png")
    let none = #expect(throws: DiagnosticError.self) { try folder.read() }
    #expect(none?.message.hasPrefix("No annotations in") == true)
    try folder.write("file,class\na.png,cat\n", to: "t.csv")
    try folder.write("[{\"file\": \"a.png\", \"elements\": []}]", to: "boxes.json")
    // A report of an evaluation is no data set.
    try folder.write("{\"annotations\": {\"kind\": \"coco\"}, \"photos\": 3}", to: "r.json")
    let several = #expect(throws: DiagnosticError.self) { try folder.read() }
    #expect(several?.notes == ["boxes: 'boxes.json'", "csv: 't.csv'"])
    #expect(try folder.read("csv").source == "t.csv")
    #expect(try folder.read("boxes.json").kind == .boxes)
    for word in ["coco", "none.json", "a.png"] {
      #expect(throws: DiagnosticError.self) { try folder.read(word) }
    }
  }
}
