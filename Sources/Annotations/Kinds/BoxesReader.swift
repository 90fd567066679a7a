import Diagnostics
import Imaging

/// Reads `boxes.json`, and lists of photos with one class each.
///
/// - `[{"file", "width", "height", "elements": [{"class", "box"}]}]`
/// - `{"images": [{"file", "class_index", "wnid", "class_name", "boxes_…xyxy"}]}`
/// - `{"pairs": [{"file", "size", "imagenet_class", "imagenet_name", "boxes_xyxy",
///   "annotation_ids"}]}`
///
/// A class name may list synonyms, parted by commas.
struct BoxesReader {
  private let file: String
  private let lines: LineIndex
  /// Outlines of COCO's annotations by their identifiers, where a file beside has them.
  private let outlines: [String: ObjectDraft.Outline]
  private var drafts: [PhotoDraft] = []
  private var places: [String: Int] = [:]

  /// Reads the photos of a file into a set.
  ///
  /// - Parameter outlines: COCO's file beside it, from which lists of pairs take their masks.
  static func read(
    _ bytes: [UInt8], file: String, outlines: [UInt8]? = nil, into set: inout SetBuilder
  ) throws(DiagnosticError) {
    let root: JSONNode
    let lines = LineIndex(bytes)
    do throws(JSONFault) { root = try JSONReader.node(bytes) } catch {
      throw .brokenAnnotations(
        SourcePlace(file: file, line: lines.line(at: error.offset)), "boxes",
        because: error.reason)
    }
    guard let records = root.elements ?? root["images"]?.elements ?? root["pairs"]?.elements else {
      throw .brokenAnnotations(
        SourcePlace(file: file, line: 1), "boxes", because: "it holds no list of photos")
    }
    var reader = BoxesReader(file: file, lines: lines, outlines: outlines.map(Self.masks) ?? [:])
    if reader.outlines.isEmpty, let first = records.first(where: { $0["annotation_ids"] != nil }) {
      set.report(
        .unknownReference, at: reader.place(first),
        "annotations are named, but no file 'instances.json' has their masks, so boxes are taken",
        .changed)
    }
    for record in records { reader.add(record, &set) }
    for draft in reader.drafts { set.add(draft) }
  }

  private init(file: String, lines: LineIndex, outlines: [String: ObjectDraft.Outline]) {
    (self.file, self.lines, self.outlines) = (file, lines, outlines)
  }

  /// The outlines of a COCO file; none where it is broken.
  private static func masks(_ bytes: [UInt8]) -> [String: ObjectDraft.Outline] {
    var masks: [String: ObjectDraft.Outline] = [:]
    var reader = JSONReader(bytes)
    try? reader.members { (name, reader) throws(JSONFault) in
      guard name == "annotations" else { return try reader.skip() }
      try reader.elements { (reader) throws(JSONFault) in
        let node = try reader.node()
        guard let id = node["id"]?.identifier, let outline = node["segmentation"] else { return }
        masks[id] = COCOReader.outline(outline)
      }
    }
    return masks
  }

  private func place(_ node: JSONNode) -> SourcePlace {
    SourcePlace(file: file, line: lines.line(at: node.offset))
  }
}

// MARK: - Records

extension BoxesReader {
  private mutating func add(_ record: JSONNode, _ set: inout SetBuilder) {
    guard let name = record["file"]?.text else {
      return set.report(.malformedRecord, at: place(record), "a photo has no 'file'")
    }
    let hasOneClass = record["elements"] == nil
    if let earlier = places[name], !hasOneClass {
      return set.report(
        .duplicate, at: place(record),
        "'\(name)' is told of a second time, after \(drafts[earlier].place)")
    }
    let photo = places[name] ?? drafts.count
    if photo == drafts.count {
      places[name] = photo
      drafts.append(PhotoDraft(file: name, size: Self.size(of: record), place: place(record)))
    }
    if hasOneClass {
      addClass(record, to: photo, &set)
    } else {
      for element in record["elements"]?.elements ?? [] { addElement(element, to: photo, &set) }
    }
  }

  private static func size(of record: JSONNode) -> (width: Int, height: Int)? {
    let sides = record["size"]?.numbers ?? []
    let width = record["width"]?.integer ?? sides.first.flatMap { Int(exactly: $0) }
    let height = record["height"]?.integer ?? sides.last.flatMap { Int(exactly: $0) }
    guard let width, let height else { return nil }
    return (width, height)
  }

  /// One thing with its own class.
  private mutating func addElement(_ node: JSONNode, to photo: Int, _ set: inout SetBuilder) {
    guard let name = node["class"]?.identifier else {
      return set.report(.malformedRecord, at: place(node), "an element has no 'class'")
    }
    guard let box = Self.box(node["box"]) else {
      return set.report(
        .malformedRecord, at: place(node), "'\(name)' has no box of four numbers")
    }
    drafts[photo].objects.append(
      ObjectDraft(
        category: ObjectCategory(name: name, index: Int(name)), box: box, place: place(node),
        title: "'\(name)'"))
  }

  /// Boxes of the photo's one class; the class alone where there are none.
  private mutating func addClass(_ record: JSONNode, to photo: Int, _ set: inout SetBuilder) {
    let category = ObjectCategory(
      name: (record["class_name"] ?? record["imagenet_name"] ?? record["class"])?.text,
      synset: record["wnid"]?.text,
      index: (record["class_index"] ?? record["imagenet_class"])?.integer)
    guard category != ObjectCategory() else {
      return set.report(.malformedRecord, at: place(record), "the photo has no class")
    }
    let title = "'\(category.title)'"
    let list = record.members.first {
      $0.name.hasPrefix("boxes_") && $0.name.hasSuffix("xyxy")
    }
    guard let list else {
      drafts[photo].objects.append(
        ObjectDraft(category: category, place: place(record), title: title))
      return
    }
    let masks = record["annotation_ids"]?.elements?.compactMap(\.identifier) ?? []
    let crowds = record["iscrowd"]?.numbers ?? []
    for (index, node) in (list.node.elements ?? []).enumerated() {
      guard let box = Self.box(node) else {
        set.report(.malformedRecord, at: place(node), "\(title) has no box of four numbers")
        continue
      }
      var object = ObjectDraft(
        category: category, box: box, place: place(node), title: "\(title), box \(index + 1)")
      if masks.indices.contains(index), !outlines.isEmpty {
        object.outline = outlines[masks[index]]
        if object.outline == nil {
          set.report(
            .unknownReference, at: place(node),
            "annotation \(masks[index]) is not in the file of masks, so its box is taken", .changed)
        }
      }
      object.isCrowd = crowds.indices.contains(index) && crowds[index] != 0
      drafts[photo].objects.append(object)
    }
  }

  private static func box(_ node: JSONNode?) -> ObjectBox? {
    guard let numbers = node?.numbers, numbers.count == 4 else { return nil }
    return ObjectBox(left: numbers[0], top: numbers[1], right: numbers[2], bottom: numbers[3])
  }
}
