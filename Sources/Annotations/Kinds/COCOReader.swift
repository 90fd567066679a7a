import Diagnostics

/// Reads COCO's JSON.
///
/// The file is walked through twice: once for where its parts lie, then for the parts themselves,
/// annotation by annotation, so that memory holds only those of photos that are there.
struct COCOReader {
  /// The file, and its path within the data set.
  private let bytes: [UInt8]
  private let file: String
  private let lines: LineIndex
  /// Photos by their identifiers, in the order of the file.
  private var drafts: [PhotoDraft] = []
  private var photos: [String: Int] = [:]
  private var files: [String: Int] = [:]
  private var categories: [String: String] = [:]
  private var annotations: [String: Int] = [:]

  private init(_ bytes: [UInt8], file: String) {
    (self.bytes, self.file) = (bytes, file)
    lines = LineIndex(bytes)
  }

  /// Reads the photos of a file into a set.
  static func read(
    _ bytes: [UInt8], file: String, into set: inout SetBuilder
  ) throws(DiagnosticError) {
    var reader = COCOReader(bytes, file: file)
    do throws(JSONFault) {
      try reader.read(into: &set)
    } catch {
      throw .brokenAnnotations(
        reader.place(error.offset), "COCO annotations", because: error.reason)
    }
    for draft in reader.drafts { set.add(draft) }
  }

  private func place(_ offset: Int) -> SourcePlace {
    SourcePlace(file: file, line: lines.line(at: offset))
  }

  /// Finds the parts, then reads categories and photos before what refers to them.
  private mutating func read(into set: inout SetBuilder) throws(JSONFault) {
    var parts: [String: Int] = [:]
    var reader = JSONReader(bytes)
    try reader.members { (name, reader) throws(JSONFault) in
      if ["images", "annotations", "categories"].contains(name) { parts[name] = reader.offset }
      try reader.skip()
    }
    try reader.end()
    try each(at: parts["categories"]) { (reader, node) in reader.addCategory(node, to: &set) }
    try each(at: parts["images"]) { (reader, node) in reader.addPhoto(node, to: &set) }
    try each(at: parts["annotations"]) { (reader, node) in reader.addAnnotation(node, to: &set) }
  }

  /// The elements of the list at a byte, one after another.
  private mutating func each(
    at start: Int?, _ body: (inout COCOReader, JSONNode) -> Void
  ) throws(JSONFault) {
    guard let start else { return }
    var reader = JSONReader(bytes, at: start)
    try reader.elements { (reader) throws(JSONFault) in body(&self, try reader.node()) }
  }
}

// MARK: - Records

extension COCOReader {
  private mutating func addCategory(_ node: JSONNode, to set: inout SetBuilder) {
    guard let id = node["id"]?.identifier, let name = node["name"]?.text else {
      return set.report(
        .malformedRecord, at: place(node.offset), "a category lacks its 'id' or 'name'")
    }
    guard categories[id] == nil else {
      return set.report(
        .duplicate, at: place(node.offset), "category \(id), '\(name)', has the 'id' of another")
    }
    categories[id] = name
  }

  private mutating func addPhoto(_ node: JSONNode, to set: inout SetBuilder) {
    guard let id = node["id"]?.identifier, let name = node["file_name"]?.text else {
      return set.report(
        .malformedRecord, at: place(node.offset), "an image lacks its 'id' or 'file_name'")
    }
    guard photos[id] == nil else {
      return set.report(
        .duplicate, at: place(node.offset), "image \(id), '\(name)', has the 'id' of another")
    }
    if let earlier = files[name] {
      photos[id] = earlier
      return set.report(
        .duplicate, at: place(node.offset),
        "image \(id) names '\(name)' as an earlier one does, and counts as the same", .changed)
    }
    var draft = PhotoDraft(file: name, place: place(node.offset))
    if let width = node["width"]?.integer, let height = node["height"]?.integer {
      draft.size = (width, height)
    }
    (photos[id], files[name]) = (drafts.count, drafts.count)
    drafts.append(draft)
  }

  private mutating func addAnnotation(_ node: JSONNode, to set: inout SetBuilder) {
    let place = place(node.offset)
    let id = node["id"]?.identifier
    let title = id.map { "annotation \($0)" } ?? "an annotation"
    if let id {
      if let earlier = annotations[id] {
        return set.report(
          .duplicate, at: place,
          "\(title) has the 'id' of another, at line \(lines.line(at: earlier))")
      }
      annotations[id] = node.offset
    }
    guard let image = node["image_id"]?.identifier, let category = node["category_id"]?.identifier
    else {
      return set.report(
        .malformedRecord, at: place, "\(title) lacks its 'image_id' or 'category_id'")
    }
    guard let photo = photos[image] else {
      return set.report(
        .unknownReference, at: place, "\(title) is of image \(image), which is not listed")
    }
    guard let name = categories[category] else {
      return set.report(
        .unknownReference, at: place, "\(title) is of category \(category), which is not listed")
    }
    var object = ObjectDraft(
      category: ObjectCategory(name: name), place: place, title: title)
    if let box = node["bbox"] {
      guard let numbers = box.numbers, numbers.count == 4 else {
        return set.report(.malformedRecord, at: place, "\(title): its box is not four numbers")
      }
      object.box = ObjectBox(
        left: numbers[0], top: numbers[1], right: numbers[0] + numbers[2],
        bottom: numbers[1] + numbers[3])
    }
    object.outline = node["segmentation"].map(Self.outline)
    object.isCrowd = node["iscrowd"]?.flag ?? false
    drafts[photo].objects.append(object)
  }

  /// Polygons, or runs as numbers or as text.
  static func outline(_ node: JSONNode) -> ObjectDraft.Outline {
    if let elements = node.elements {
      let polygons = elements.compactMap(\.numbers)
      return polygons.count == elements.count
        ? .polygons(polygons) : .unreadable("a polygon is not a list of numbers")
    }
    guard let size = node["size"]?.numbers, size.count == 2, let height = Int(exactly: size[0]),
      let width = Int(exactly: size[1])
    else { return .unreadable("its mask has no 'size' of two numbers") }
    if let text = node["counts"]?.text {
      do throws(RunLengths.MaskFault) {
        return .runs(try RunLengths.counts(ofText: text), width: width, height: height)
      } catch {
        return .unreadable("its mask \(error.reason)")
      }
    }
    guard let counts = node["counts"]?.elements else {
      return .unreadable("its mask has no 'counts'")
    }
    let runs = counts.compactMap(\.integer)
    return runs.count == counts.count
      ? .runs(runs, width: width, height: height)
      : .unreadable("its mask has counts that are no whole numbers")
  }
}
