import Diagnostics
import Imaging

/// Where a data set's annotations lie.
struct AnnotationSource {
  /// In which format.
  let kind: AnnotationKind
  /// The files, relative to the data set's folder; one but for the kinds of a file a photo.
  let files: [String]

  /// What to call it: the file, or how many there are.
  var title: String { files.count == 1 ? files[0] : "\(files.count) files" }

  /// The bytes of the one file.
  func bytes(in files: PhotoFiles) throws(DiagnosticError) -> [UInt8] {
    try FileBytes.contents(of: files.folder + self.files[0], limit: AnnotatedSet.mostBytes)
  }
}

// MARK: - Choosing

extension AnnotationSource {
  /// The annotations that were asked for by file or kind, or else the only ones.
  static func chosen(
    _ choice: String?, among files: PhotoFiles
  ) throws(DiagnosticError) -> AnnotationSource {
    guard let choice else {
      let found = try sources(in: files)
      guard let first = found.first else { throw .noAnnotations(files.folder) }
      guard found.count == 1 else {
        throw .severalAnnotations(files.folder, found.map { ($0.kind, $0.title) })
      }
      return first
    }
    if let kind = AnnotationKind(rawValue: choice) {
      let found = try sources(in: files).filter { $0.kind == kind }
      guard let first = found.first else { throw .noAnnotationsOfKind(kind, files.folder) }
      guard found.count == 1 else {
        throw .severalAnnotationFiles(kind, found.flatMap(\.files))
      }
      return first
    }
    let inside =
      choice.hasPrefix(files.folder) ? String(choice.dropFirst(files.folder.count)) : choice
    guard let path = files.path(named: inside) else { throw .noAnnotationFile(choice) }
    guard let kind = kind(of: path, in: files) else { throw .unknownAnnotations(choice) }
    return AnnotationSource(kind: kind, files: [path])
  }

  /// All annotations in a folder; each file of a kind that has one file stands for itself.
  private static func sources(in files: PhotoFiles) throws(DiagnosticError) -> [AnnotationSource] {
    var single: [AnnotationSource] = []
    var many: [AnnotationKind: [String]] = [:]
    for path in files.paths {
      guard let kind = kind(of: path, in: files) else { continue }
      if kind == .voc || kind == .yolo {
        many[kind, default: []].append(path)
      } else {
        single.append(AnnotationSource(kind: kind, files: [path]))
      }
    }
    let joined = [AnnotationKind.voc, .yolo].compactMap { kind in
      many[kind].map { AnnotationSource(kind: kind, files: $0) }
    }
    // Beside other annotations, a table of photos or a list of names is company, not a rival.
    return single + joined
  }
}

// MARK: - Recognising

extension AnnotationSource {
  /// What a file holds, by its name's ending and how it begins; nil for no annotations.
  private static func kind(of path: String, in files: PhotoFiles) -> AnnotationKind? {
    switch PhotoFiles.suffix(of: path) {
    case "json": json(path, in: files)
    case "xml": start(of: path, in: files).contains("<annotation") ? .voc : nil
    case "csv", "tsv": csv(path, in: files)
    case "txt": yolo(path, in: files)
    default: nil
    }
  }

  /// The beginning of a file as text.
  private static func start(of path: String, in files: PhotoFiles) -> String {
    String(decoding: FileBytes.start(of: files.folder + path, count: 4096), as: UTF8.self)
  }

  /// The names at the top of a JSON file tell; a broken file counts as what its beginning tells.
  private static func json(_ path: String, in files: PhotoFiles) -> AnnotationKind? {
    guard
      let bytes = try? FileBytes.contents(
        of: files.folder + path, limit: AnnotatedSet.mostBytes)
    else { return nil }
    var reader = JSONReader(bytes)
    var names: Set<String> = []
    var inner: Set<String> = []
    if reader.kind() == UInt8(ascii: "[") {
      try? reader.elements { (reader) throws(JSONFault) in
        guard inner.isEmpty, reader.kind() == UInt8(ascii: "{") else { return try reader.skip() }
        inner = Set(try reader.node().members.map(\.name))
      }
      return inner.isSuperset(of: ["file", "elements"]) ? .boxes : nil
    }
    let isWhole: Void? = try? reader.members { (name, reader) throws(JSONFault) in
      let isList = reader.kind() == UInt8(ascii: "[")
      // A list of annotations is COCO's; other files have words of their own under that name.
      if name != "annotations" || isList { names.insert(name) }
      guard ["images", "pairs"].contains(name), isList else { return try reader.skip() }
      try reader.elements { (reader) throws(JSONFault) in
        guard inner.isEmpty, reader.kind() == UInt8(ascii: "{") else { return try reader.skip() }
        inner = Set(try reader.node().members.map(\.name))
      }
    }
    if names.contains("pairs"), inner.contains("file") { return .pairs }
    if names.contains("annotations") || inner.contains("file_name") { return .coco }
    if isWhole == nil, inner.isEmpty, names.contains("images") { return .coco }
    return names.contains("images") && inner.contains("file") ? .boxes : nil
  }

  private static func csv(_ path: String, in files: PhotoFiles) -> AnnotationKind? {
    let line = start(of: path, in: files).prefix { !$0.isNewline }
    guard let table = try? CSVTable(Array(line.utf8)), let first = table.rows.first else {
      return nil
    }
    return CSVReader.columns(first.fields) != nil || first.fields.count == 6 ? .csv : nil
  }

  /// A file beside a picture of its name, or in a folder of labels.
  private static func yolo(_ path: String, in files: PhotoFiles) -> AnnotationKind? {
    guard !YOLONames.isName(path) else { return nil }
    let isBeside = !files.pictures(withStem: PhotoFiles.stem(of: path)).isEmpty
    let isAmongLabels = PhotoFiles.folder(of: path).split(separator: "/").contains("labels")
    guard isBeside || isAmongLabels else { return nil }
    let line = start(of: path, in: files).split(whereSeparator: \.isNewline).first ?? ""
    let words = line.split(whereSeparator: \.isWhitespace)
    // An empty file tells that nothing is on its photo.
    return words.allSatisfy { Double($0) != nil } || words.count >= 5 ? .yolo : nil
  }
}
