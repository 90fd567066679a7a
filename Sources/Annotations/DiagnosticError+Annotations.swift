import Diagnostics

// MARK: - Folders

extension DiagnosticError {
  /// A file where a folder is wanted, or nothing.
  static func noDataFolder(_ path: String) -> DiagnosticError {
    DiagnosticError(
      .input, "No folder '\(path)'", help: "name a folder of photos with annotations in it")
  }

  /// A folder that the system does not list.
  static func unreadableDataFolder(_ path: String) -> DiagnosticError {
    DiagnosticError(.input, "Cannot list folder '\(path)'")
  }

  /// A folder that is no data set.
  static func tooManyFiles(_ folder: String, limit: Int) -> DiagnosticError {
    DiagnosticError(
      .input, "Folder '\(folder)' holds more than \(limit) files", help: "name a folder of photos")
  }
}

// MARK: - Which annotations

extension DiagnosticError {
  /// What the help of errors about kinds says.
  private static var kinds: String {
    AnnotationKind.allCases.map(\.rawValue).joined(separator: ", ")
  }

  /// A folder without annotations.
  static func noAnnotations(_ folder: String) -> DiagnosticError {
    DiagnosticError(
      .input, "No annotations in '\(folder)'",
      notes: ["COCO's JSON, VOC's XML, YOLO's text, a CSV table and 'boxes.json' are known"],
      help: "name their file with '--annotations FILE'")
  }

  /// Several annotations of one folder.
  static func severalAnnotations(
    _ folder: String, _ found: [(kind: AnnotationKind, source: String)]
  ) -> DiagnosticError {
    DiagnosticError(
      .input, "Folder '\(folder)' has annotations of \(found.count) kinds",
      notes: found.map { "\($0.kind.rawValue): '\($0.source)'" },
      help: "name one with '--annotations', by its file or its kind")
  }

  /// Several files of one kind.
  static func severalAnnotationFiles(_ kind: AnnotationKind, _ files: [String]) -> DiagnosticError {
    let few = files.prefix(4).map { "'\($0)'" }.joined(separator: ", ")
    return DiagnosticError(
      .input, "There are \(files.count) files of kind '\(kind.rawValue)'", notes: [few],
      help: "name one with '--annotations FILE'")
  }

  /// A kind that was asked for and is not there.
  static func noAnnotationsOfKind(_ kind: AnnotationKind, _ folder: String) -> DiagnosticError {
    DiagnosticError(
      .input, "No annotations of kind '\(kind.rawValue)' in '\(folder)'",
      help: "the kinds are: \(kinds)")
  }

  /// A file that is none of the kinds.
  static func unknownAnnotations(_ file: String) -> DiagnosticError {
    DiagnosticError(
      .input, "'\(file)' holds no annotations of a kind that is known",
      help: "the kinds are: \(kinds)")
  }

  /// Neither a file nor a kind.
  static func noAnnotationFile(_ word: String) -> DiagnosticError {
    DiagnosticError(
      .input, "No file of annotations '\(word)'",
      help: "name a file in the folder of photos, or a kind: \(kinds)")
  }

  /// YOLO's numbers without names.
  static func noYOLONames(_ folder: String) -> DiagnosticError {
    DiagnosticError(
      .input, "No names for the classes of YOLO's annotations in '\(folder)'",
      help: "they stand in 'data.yaml', 'classes.txt' or 'obj.names'")
  }
}

// MARK: - Broken files

extension DiagnosticError {
  /// A file that cannot be read as what it is.
  static func brokenAnnotations(
    _ place: SourcePlace, _ format: String, because reason: String
  ) -> DiagnosticError {
    DiagnosticError(
      .input, "Cannot read \(format) '\(place.file)': \(reason)", notes: ["at \(place)"],
      help: "write or copy the file again")
  }
}
