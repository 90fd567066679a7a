import Diagnostics
import Imaging

/// Reads PASCAL VOC's XML: a file a photo.
///
/// Pixels are counted from 1 there, and the last of a box belongs to it.
enum VOCReader {
  /// Reads the photos of files into a set; a file that is broken is told of and left out.
  static func read(_ sources: [String], into set: inout SetBuilder) {
    for source in sources { read(source, into: &set) }
  }

  private static func read(_ source: String, into set: inout SetBuilder) {
    let root: XMLElement
    do {
      root = try XMLReader.root(
        of: FileBytes.contents(of: set.files.folder + source, limit: AnnotatedSet.mostBytes))
    } catch let fault as XMLReader.Fault {
      return set.report(
        .brokenFile, at: SourcePlace(file: source, line: fault.line), fault.reason)
    } catch {
      return set.report(.brokenFile, at: SourcePlace(file: source), "\(error)")
    }
    guard root.name == "annotation" else {
      return set.report(
        .brokenFile, at: SourcePlace(file: source, line: root.line),
        "its outermost element is '\(root.name)', not 'annotation'")
    }
    set.add(draft(root, source, &set))
  }

  private static func draft(
    _ root: XMLElement, _ source: String, _ set: inout SetBuilder
  ) -> PhotoDraft {
    let place = SourcePlace(file: source, line: root["filename"]?.line ?? root.line)
    // Tools leave the name out, or without extension.
    let stem = PhotoFiles.stem(of: PhotoFiles.name(of: source))
    let named = root["filename"]?.content ?? stem
    let found =
      set.files.path(named: named) ?? only(set.files.pictures(withStem: named))
      ?? only(set.files.pictures(withStem: stem))
    var draft = PhotoDraft(file: found ?? named, place: place)
    if let size = root["size"], let width = size["width"]?.number,
      let height = size["height"]?.number, width > 0, height > 0
    {
      draft.size = (Int(exactly: width) ?? -1, Int(exactly: height) ?? -1)
    }
    for (index, element) in root.all("object").enumerated() {
      let place = SourcePlace(file: source, line: element.line)
      let title = "object \(index + 1)"
      guard let name = element["name"]?.content else {
        set.report(.malformedRecord, at: place, "\(title) has no 'name'")
        continue
      }
      let edges = ["xmin", "ymin", "xmax", "ymax"].compactMap { element["bndbox"]?[$0]?.number }
      guard edges.count == 4, edges.allSatisfy(\.isFinite) else {
        set.report(.malformedRecord, at: place, "\(title), '\(name)', has no box of four numbers")
        continue
      }
      draft.objects.append(
        ObjectDraft(
          category: ObjectCategory(name: name),
          box: ObjectBox(
            left: edges[0] - 1, top: edges[1] - 1, right: edges[2], bottom: edges[3]),
          isDifficult: element["difficult"]?.number == 1, place: place, title: title))
    }
    return draft
  }

  private static func only(_ paths: [String]) -> String? { paths.count == 1 ? paths[0] : nil }
}
