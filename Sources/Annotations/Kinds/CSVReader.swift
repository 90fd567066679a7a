import Diagnostics

/// Reads a table with a row a box, or a row a photo where there are no boxes.
enum CSVReader {
  /// What a column holds, by the names that tools give it.
  enum Column: CaseIterable {
    case file, name, index, left, top, right, bottom, width, height

    /// Its names in lower case.
    var names: [String] {
      switch self {
      case .file: ["file", "filename", "file_name", "image", "path", "image_path", "image_name"]
      case .name: ["class", "label", "name", "category", "class_name", "labelname"]
      case .index: ["class_index", "class_id", "label_id", "category_id"]
      case .left: ["xmin", "x1", "left", "x_min", "x"]
      case .top: ["ymin", "y1", "top", "y_min", "y"]
      case .right: ["xmax", "x2", "right", "x_max"]
      case .bottom: ["ymax", "y2", "bottom", "y_max"]
      case .width: ["width", "w"]
      case .height: ["height", "h"]
      }
    }
  }

  /// The columns that a first row names; nil where it is no heading.
  static func columns(_ fields: [String]) -> [Column: Int]? {
    var columns: [Column: Int] = [:]
    for (index, field) in fields.enumerated() {
      let name = field.lowercased()
      for column in Column.allCases where column.names.contains(name) && columns[column] == nil {
        columns[column] = index
      }
    }
    guard columns[.file] != nil, columns[.name] != nil || columns[.index] != nil else { return nil }
    return columns
  }

  /// The columns of a table without heading: a file, four edges, a class.
  private static func customary(_ fields: [String]) -> [Column: Int]? {
    guard fields.count == 6,
      fields[1...4].allSatisfy({ $0.isEmpty || Double($0) != nil })
    else { return nil }
    return [.file: 0, .left: 1, .top: 2, .right: 3, .bottom: 4, .name: 5]
  }

  /// Reads the photos of a table into a set.
  static func read(
    _ bytes: [UInt8], file: String, into set: inout SetBuilder
  ) throws(DiagnosticError) {
    let table: CSVTable
    do throws(CSVTable.Fault) { table = try CSVTable(bytes) } catch {
      throw .brokenAnnotations(
        SourcePlace(file: file, line: error.line), "CSV table", because: error.reason)
    }
    guard let first = table.rows.first else {
      throw .brokenAnnotations(SourcePlace(file: file), "CSV table", because: "it has no rows")
    }
    let heading = columns(first.fields)
    guard let columns = heading ?? customary(first.fields) else {
      throw .brokenAnnotations(
        SourcePlace(file: file, line: first.line), "CSV table",
        because: "its first row names no columns 'file' and 'class'")
    }
    var rows = Rows(columns: columns, count: first.fields.count, file: file)
    for row in table.rows.dropFirst(heading == nil ? 0 : 1) {
      rows.add(row.fields, at: row.line, &set)
    }
    for draft in rows.drafts { set.add(draft) }
  }
}

extension CSVReader {
  /// Rows as they become photos.
  private struct Rows {
    let columns: [Column: Int]
    /// Fields of the heading.
    let count: Int
    let file: String
    private(set) var drafts: [PhotoDraft] = []
    private var places: [String: Int] = [:]
    private var seen: [[String]: Int] = [:]

    init(columns: [Column: Int], count: Int, file: String) {
      (self.columns, self.count, self.file) = (columns, count, file)
    }

    mutating func add(_ fields: [String], at line: Int, _ set: inout SetBuilder) {
      let place = SourcePlace(file: file, line: line)
      guard fields.count == count else {
        return set.report(
          .malformedRecord, at: place, "the row has \(fields.count) fields, not \(count)")
      }
      if let earlier = seen[fields] {
        return set.report(.duplicate, at: place, "the row repeats line \(earlier)")
      }
      seen[fields] = line
      let columns = columns
      let value = { (column: Column) in columns[column].map { fields[$0] } ?? "" }
      let name = value(.file)
      guard !name.isEmpty else {
        return set.report(.malformedRecord, at: place, "the row names no file")
      }
      let photo = places[name] ?? drafts.count
      if photo == drafts.count {
        places[name] = photo
        drafts.append(PhotoDraft(file: name, place: place))
      }
      let category = ObjectCategory(
        name: value(.name).isEmpty ? nil : value(.name), index: Int(value(.index)))
      let edges = box(value)
      // A row without a class tells of a photo with nothing on it.
      if category.name == nil, category.index == nil {
        if edges.isGiven {
          set.report(.malformedRecord, at: place, "the row has a box, but no class")
        }
        return
      }
      guard !edges.isGiven || edges.box != nil else {
        return set.report(
          .malformedRecord, at: place, "'\(category.title)' has no box of four numbers")
      }
      if let size = size(value) { drafts[photo].size = size }
      drafts[photo].objects.append(
        ObjectDraft(
          category: category, box: edges.box, place: place, title: "'\(category.title)'"))
    }

    /// The box of a row, and whether one is meant.
    private func box(_ value: (Column) -> String) -> (box: ObjectBox?, isGiven: Bool) {
      let hasEdges = columns[.right] != nil
      let wanted: [Column] =
        hasEdges ? [.left, .top, .right, .bottom] : [.left, .top, .width, .height]
      guard columns[.left] != nil, !wanted.allSatisfy({ value($0).isEmpty }) else {
        return (nil, false)
      }
      let numbers = wanted.compactMap { Double(value($0)) }.filter(\.isFinite)
      guard numbers.count == 4 else { return (nil, true) }
      return (
        ObjectBox(
          left: numbers[0], top: numbers[1], right: hasEdges ? numbers[2] : numbers[0] + numbers[2],
          bottom: hasEdges ? numbers[3] : numbers[1] + numbers[3]), true
      )
    }

    /// The photo's size, where edges leave `width` and `height` for it.
    private func size(_ value: (Column) -> String) -> (Int, Int)? {
      guard columns[.right] != nil, let width = Int(value(.width)),
        let height = Int(value(.height))
      else { return nil }
      return (width, height)
    }
  }
}
