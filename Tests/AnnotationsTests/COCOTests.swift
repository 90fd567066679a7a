import Diagnostics
import Imaging
import Testing

@testable import Annotations

@Suite("COCO's JSON")
struct COCOTests {
  /// A file with one photo of 40 × 30 and given annotations, a line each from line 4 on.
  private func set(_ annotations: String..., photo: String = "") throws -> AnnotatedSet {
    try DataFolder().photo("a.png").write(
      """
      {"categories": [{"id": 3, "name": "cat"}, {"id": 7, "name": "dog"}],
       "images": [{"id": 1, "file_name": "a.png", "width": 40, "height": 30}\(photo)],
       "annotations": [
      \(annotations.joined(separator: ",\n"))
      ]}
      """, to: "instances.json"
    ).read()
  }

  @Test("Boxes, polygons, and run lengths as numbers and as text become objects")
  func objects() throws {
    let set = try set(
      #"{"id": 1, "image_id": 1, "category_id": 3, "bbox": [2, 3, 10, 5]}"#,
      #"{"id": 2, "image_id": 1, "category_id": 7, "segmentation": [[4, 4, 8, 4, 8, 6, 4, 6]]}"#,
      """
      {"id": 3, "image_id": 1, "category_id": 7, "iscrowd": 1,
       "segmentation": {"size": [30, 40], "counts": [31, 2, 1167]}}
      """,
      #"{"id": 4, "image_id": 1, "category_id": 7, "#
        + #""segmentation": {"size": [30, 40], "counts": "o02_T1"}}"#)
    #expect(set.kind == .coco)
    #expect(set.told.isEmpty)
    #expect(
      set.boxes("a.png") == [
        "cat: 2, 3, 12, 8", "dog: 4, 4, 8, 6", "dog: 1, 1, 2, 3", "dog: 1, 1, 2, 3",
      ])
    #expect(set.photos[0].objects.map(\.isCrowd) == [false, false, true, false])
    #expect(set.photos[0].objects.map(\.place.line) == [4, 5, 6, 8])
    let mask = try #require(set.photos[0].objects[1].shape).mask(width: 40, height: 30)
    #expect(mask.count == 8)
  }

  @Test(
    "What is wrong with an annotation is told with its line",
    arguments: [
      (
        #"{"id": 1, "image_id": 9, "category_id": 3, "bbox": [1, 1, 2, 2]}"#,
        "annotation 1 is of image 9, which is not listed (left out)"
      ),
      (
        #"{"id": 1, "image_id": 1, "category_id": 4, "bbox": [1, 1, 2, 2]}"#,
        "annotation 1 is of category 4, which is not listed (left out)"
      ),
      (
        #"{"id": 1, "image_id": 1, "category_id": 3, "bbox": [1, 1, 2]}"#,
        "annotation 1: its box is not four numbers (left out)"
      ),
      (
        #"{"id": 1, "image_id": 1}"#,
        "annotation 1 lacks its 'image_id' or 'category_id' (left out)"
      ),
      (
        #"{"id": 1, "image_id": 1, "category_id": 3, "bbox": [50, 1, 5, 5]}"#,
        "annotation 1: box 50, 1, 55, 6 lies outside the picture of 40x30 (left out)"
      ),
      (
        #"{"id": 1, "image_id": 1, "category_id": 3, "bbox": [30, 1, 25.5, 5]}"#,
        "annotation 1: box 30, 1, 55.5, 6 reaches outside the picture of 40x30, and is cut off "
          + "there (changed)"
      ),
      (
        #"{"id": 1, "image_id": 1, "category_id": 3, "bbox": [30, 1, 0, 5]}"#,
        "annotation 1: box 30, 1, 30, 6 is empty (left out)"
      ),
      (
        #"{"id": 1, "image_id": 1, "category_id": 3, "bbox": [1, 1, 5, 5], "segmentation": []}"#,
        "annotation 1: there is no polygon, so its box is taken (changed)"
      ),
      (
        #"{"id": 1, "image_id": 1, "category_id": 3, "bbox": [1, 1, 5, 5], "#
          + #""segmentation": [[1, 1, 2, 2]]}"#,
        "annotation 1: a polygon has 2 points, so its box is taken (changed)"
      ),
      (
        #"{"id": 1, "image_id": 1, "category_id": 3, "bbox": [1, 1, 5, 5], "#
          + #""segmentation": [[1, 1, 2, 2, 3, 3, 4]]}"#,
        "annotation 1: a polygon has an odd number of coordinates, so its box is taken (changed)"
      ),
      (
        #"{"id": 1, "image_id": 1, "category_id": 3, "bbox": [1, 1, 5, 5], "#
          + #""segmentation": {"size": [1048576, 1048576], "counts": [1099511627776]}}"#,
        "annotation 1: its mask is of 1048576x1048576, but the picture is 40x30, so its box is "
          + "taken (changed)"
      ),
      (
        #"{"id": 1, "image_id": 1, "category_id": 3, "bbox": [1, 1, 5, 5], "#
          + #""segmentation": {"size": [30, 40], "counts": [9, 1099511627776]}}"#,
        "annotation 1: its mask has runs of more than 1200 pixels, so its box is taken (changed)"
      ),
      (
        #"{"id": 1, "image_id": 1, "category_id": 3, "bbox": [1, 1, 5, 5], "#
          + #""segmentation": {"size": [30, 40], "counts": [9, 10]}}"#,
        "annotation 1: its mask has runs of 19 pixels, not 1200, so its box is taken (changed)"
      ),
      (
        #"{"id": 1, "image_id": 1, "category_id": 3, "bbox": [1, 1, 5, 5], "#
          + #""segmentation": {"size": [30, 40], "counts": [1200]}}"#,
        "annotation 1: its mask covers no pixel, so its box is taken (changed)"
      ),
      (
        #"{"id": 1, "image_id": 1, "category_id": 3, "bbox": [1, 1, 5, 5], "#
          + #""segmentation": {"size": [30, 40], "counts": "oooooooooooooooooooo"}}"#,
        "annotation 1: its mask has a run without end, so its box is taken (changed)"
      ),
    ])
  func bad(_ annotation: String, _ message: String) throws {
    let set = try set(annotation)
    #expect(set.told == ["instances.json:4: " + message])
    #expect(set.photos[0].objects.count == (message.contains("left out") ? 0 : 1))
    #expect(set.photos[0].objects.allSatisfy { $0.shape == nil })
  }

  @Test("Identifiers that come twice are told of with both lines")
  func duplicates() throws {
    let set = try set(
      #"{"id": 5, "image_id": 1, "category_id": 3, "bbox": [2, 3, 10, 5]}"#,
      #"{"id": 5, "image_id": 1, "category_id": 3, "bbox": [4, 3, 10, 5]}"#,
      photo: #", {"id": 1, "file_name": "b.png"}, {"id": 2, "file_name": "a.png"}"#)
    #expect(
      set.told == [
        "instances.json:2: image 1, 'b.png', has the 'id' of another (left out)",
        "instances.json:2: image 2 names 'a.png' as an earlier one does, and counts as the same "
          + "(changed)",
        "instances.json:5: annotation 5 has the 'id' of another, at line 4 (left out)",
      ])
    #expect(set.boxes("a.png") == ["cat: 2, 3, 12, 8"])
  }

  @Test("A photo that is not there, cannot be read, or has another size is told of")
  func photos() throws {
    let folder = try DataFolder().photo("b.png").write("no picture", to: "c.png")
    let set = try folder.write(
      """
      {"categories": [{"id": 3, "name": "cat"}], "annotations": [
       {"id": 1, "image_id": 1, "category_id": 3, "bbox": [2, 3, 10, 5]}],
       "images": [
       {"id": 1, "file_name": "../a.png"},
       {"id": 2, "file_name": "b.png", "width": 10, "height": 30},
       {"id": 3, "file_name": "c.png"}]}
      """, to: "coco.json"
    ).read()
    #expect(set.photos.isEmpty)
    #expect(set.told.count == 3)
    #expect(
      set.told[0] == "coco.json:4: there is no picture '../a.png', for 1 object (left out)")
    #expect(set.told[1] == "coco.json:5: 'b.png' is 40x30, not 10x30 (left out)")
    #expect(set.told[2].hasPrefix("coco.json:6: '"))
    #expect(set.told[2].contains("c.png' is not a picture"))
  }

  @Test(
    "A broken file is an error with its line",
    arguments: [
      ("{\"images\": [],\n \"annotations\": [}", 2, "a value is expected"),
      ("{\"images\": [],\n \"annotations\": [{\"id\": 1},\n", 3, "the text ends early"),
      ("{\"images\": [\n{\"id\": 1e999}], \"annotations\": []}", 2, "'1e999' is no number"),
    ])
  func broken(_ text: String, _ line: Int, _ reason: String) throws {
    let folder = try DataFolder().write(text, to: "coco.json")
    let error = #expect(throws: DiagnosticError.self) { try folder.read("coco.json") }
    #expect(error?.message == "Cannot read COCO annotations 'coco.json': \(reason)")
    #expect(error?.notes == ["at coco.json:\(line)"])
  }

  @Test("What nests deeper than anything sensible is refused before the stack ends")
  func deep() throws {
    let folder = try DataFolder().write(
      "{\"annotations\": " + String(repeating: "[", count: 100_000), to: "coco.json")
    let error = #expect(throws: DiagnosticError.self) { try folder.read("coco.json") }
    #expect(error?.message.hasSuffix("it nests deeper than 64") == true)
  }

  @Test(
    "Coordinates are turned with a photo that EXIF turns, where the size told is the stored one's",
    arguments: [
      (1, "2, 3, 12, 8"), (2, "28, 3, 38, 8"), (3, "28, 22, 38, 27"), (4, "2, 22, 12, 27"),
    ])
  func straight(_ orientation: Int, _ box: String) throws {
    // Half a turn or a mirror image keeps the size, which then tells nothing: as the photo is seen.
    let set = try turned(orientation, width: 40, height: 30)
    #expect(set.boxes("a.jpg") == ["cat: 2, 3, 12, 8"])
    #expect(set.problems.map(\.outcome) == (orientation == 1 ? [] : [.assumed]))
    let size = StoredSize(width: 40, height: 30, orientation: orientation)
    #expect(ObjectBox(left: 2, top: 3, right: 12, bottom: 8).upright(size).text == box)
  }

  @Test(
    "A quarter of a turn shows in the size told",
    arguments: [
      (5, "3, 2, 8, 12"), (6, "22, 2, 27, 12"), (7, "22, 28, 27, 38"), (8, "3, 28, 8, 38"),
    ])
  func quarter(_ orientation: Int, _ box: String) throws {
    let stored = try turned(orientation, width: 40, height: 30)
    #expect(stored.boxes("a.jpg") == ["cat: " + box])
    #expect(
      stored.told == [
        "coco.json:2: 'a.jpg' is stored with EXIF orientation \(orientation); the size told is the "
          + "stored picture's, so coordinates are turned with it (changed)"
      ])
    let upright = try turned(orientation, width: 30, height: 40)
    #expect(upright.boxes("a.jpg") == ["cat: 2, 3, 12, 8"])
    #expect(
      upright.told == [
        "coco.json:2: 'a.jpg' is stored with EXIF orientation \(orientation); the size told is the "
          + "upright picture's, so coordinates are too (assumed)"
      ])
  }

  /// A photo of 40 × 30 as stored, told to be of a size.
  private func turned(_ orientation: Int, width: Int, height: Int) throws -> AnnotatedSet {
    try DataFolder().photo("a.jpg", orientation: orientation).write(
      """
      {"categories": [{"id": 3, "name": "cat"}], "images": [
       {"id": 1, "file_name": "a.jpg", "width": \(width), "height": \(height)}], "annotations": [
       {"id": 1, "image_id": 1, "category_id": 3, "bbox": [2, 3, 10, 5]}]}
      """, to: "coco.json"
    ).read()
  }
}
