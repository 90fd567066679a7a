package import Diagnostics
import Imaging

extension AnnotatedSet {
  /// The most bytes that a file of annotations may have.
  static let mostBytes = 4 << 30

  /// Reads the annotations of a folder of photos.
  ///
  /// - Parameter choice: a file in the folder, or one of ``AnnotationKind``; unless given, what the
  ///   folder holds is recognised by its content.
  /// - Throws: ``DiagnosticError`` where there are no annotations, several, or the one file that
  ///   holds them is broken. What is wrong with single photos and objects is among ``problems``.
  package init(in folder: String, choosing choice: String? = nil) throws(DiagnosticError) {
    let files = try PhotoFiles(in: folder)
    let found = try AnnotationSource.chosen(choice, among: files)
    var set = SetBuilder(files)
    switch found.kind {
    case .coco: try COCOReader.read(found.bytes(in: files), file: found.files[0], into: &set)
    case .voc: VOCReader.read(found.files, into: &set)
    case .yolo:
      guard let names = YOLONames.names(in: files) else { throw .noYOLONames(folder) }
      YOLOReader.read(found.files, names: names, into: &set)
    case .csv: try CSVReader.read(found.bytes(in: files), file: found.files[0], into: &set)
    case .boxes: try BoxesReader.read(found.bytes(in: files), file: found.files[0], into: &set)
    case .pairs:
      let masks = files.path(named: "instances.json", beside: found.files[0])
      try BoxesReader.read(
        found.bytes(in: files), file: found.files[0],
        outlines: masks.flatMap {
          try? FileBytes.contents(of: files.folder + $0, limit: Self.mostBytes)
        },
        into: &set)
    }
    kind = found.kind
    self.folder = files.folder
    source = found.title
    photos = set.photos
    problems = set.problems
    unnamedCount = set.unnamedCount
  }
}
