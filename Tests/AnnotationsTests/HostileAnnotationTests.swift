import Diagnostics
import Testing
import _TestSupport

@testable import Annotations

@Suite("Annotations that nobody meant well")
struct HostileAnnotationTests {
  /// Good files of every kind, about a photo 'a.png' of 40 × 30.
  private static let files: [(name: String, text: String)] = [
    (
      "coco.json",
      """
      {"categories": [{"id": 3, "name": "cat"}], "images": [{"id": 1, "file_name": "a.png",
       "width": 40, "height": 30}], "annotations": [{"id": 1, "image_id": 1, "category_id": 3,
       "bbox": [2, 3, 10, 5], "segmentation": [[4, 4, 8.5, 4, 8, 6, 4, 6]]}, {"id": 2, "image_id": 1,
       "category_id": 3, "segmentation": {"size": [30, 40], "counts": [31, 2, 1167]}}, {"id": 3,
       "image_id": 1, "category_id": 3, "segmentation": {"size": [30, 40], "counts": "o02_T1"}}]}
      """
    ),
    (
      "a.xml",
      """
      <annotation><filename>a.png</filename><size><width>40</width><height>30</height></size>
      <object><name>cat</name><difficult>0</difficult><bndbox><xmin>1</xmin><ymin>2</ymin>
      <xmax>30</xmax><ymax>20.5</ymax></bndbox></object></annotation>
      """
    ),
    ("a.txt", "0 0.5 0.5 0.5 0.2\n0 0.1 0.1 0.2 0.1 0.2 0.5\n"),
    (
      "t.csv",
      "file,width,height,class,x1,y1,x2,y2\n\"a.png\",40,30,\"black, cat\",2,3,12,8\na.png,40,30,b,1,2,3,4\n"
    ),
    (
      "boxes.json",
      """
      [{"file": "a.png", "width": 40, "height": 30, "elements": [
       {"class": "cat", "box": [2, 3, 12, 8]}, {"class": 3, "box": [0, 0, 9, 9]}]}]
      """
    ),
    (
      "pairs.json",
      """
      {"pairs": [{"file": "a.png", "size": [40, 30], "imagenet_class": 9, "imagenet_name": "cat",
       "boxes_xyxy": [[2, 2, 4, 4], [6, 6, 9, 9]], "annotation_ids": [11, 12], "iscrowd": [0, 1]}]}
      """
    ),
  ]

  private static let words = [
    "1e308", "-1e308", "1e400", "nan", "-1", "0", "99999999999999999999", "1099511627776", "null",
    "[]", "{}", "\"\"", "]", "}", ",", "<a>", "\u{0}", "true", "🙂", "\n",
  ]

  @Test("A changed file is read, told of or refused, whatever was done to it", arguments: 0..<6)
  func changed(_ index: Int) throws {
    let (name, text) = Self.files[index]
    var random = SeededGenerator(seed: UInt64(index))
    let folder = try DataFolder().photo("a.png").write("cat\n", to: "classes.names")
    for round in 0..<150 {
      var bytes = Array(text.utf8)
      for _ in 0...Int.random(in: 0..<3, using: &random) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        let end = min(bytes.count, place + Int.random(in: 1..<12, using: &random))
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
        case 1: bytes.removeSubrange(place..<end)
        case 2: bytes.insert(contentsOf: bytes[place..<end], at: place)
        default:
          let digits = bytes[place...].firstIndex { (0x30...0x39).contains($0) } ?? place
          let last = bytes[digits...].firstIndex { !(0x2e...0x39).contains($0) } ?? bytes.count
          let word = Self.words.randomElement(using: &random) ?? ""
          bytes.replaceSubrange(digits..<max(digits, last), with: Array(word.utf8))
        }
      }
      try folder.write(bytes, to: name)
      do throws(DiagnosticError) {
        let set = try AnnotatedSet(in: folder.path, choosing: name)
        for photo in set.photos {
          for object in photo.objects {
            let (width, height) = (photo.size.uprightWidth, photo.size.uprightHeight)
            let box = object.box.map { $0.clipped(width: width, height: height) == $0 } ?? true
            #expect(box, "round \(round)")
            if let shape = object.shape {
              #expect(shape.mask(width: width, height: height).count > 0, "round \(round)")
            }
          }
        }
      } catch {
        #expect(!error.message.isEmpty)
      }
    }
  }
}
