import Diagnostics
import Imaging

/// Reads YOLO's text files: a file a photo, a line an object.
///
/// A line is a class's number and the box's middle, width and height, or a class's number and an
/// outline, all as shares of the photo's sides.
enum YOLOReader {
  /// Reads the photos of label files into a set.
  static func read(
    _ sources: [String], names: [String], into set: inout SetBuilder
  ) {
    for source in sources {
      let place = SourcePlace(file: source)
      guard
        let bytes = try? FileBytes.contents(
          of: set.files.folder + source, limit: AnnotatedSet.mostBytes),
        let lines = TextLines.lines(of: bytes)
      else {
        set.report(.brokenFile, at: place, "it cannot be read as UTF-8 text")
        continue
      }
      var draft = PhotoDraft(file: picture(for: source, in: set.files), place: place)
      var seen: [Substring: Int] = [:]
      for (number, text) in lines {
        let place = SourcePlace(file: source, line: number)
        if let earlier = seen[text] {
          set.report(.duplicate, at: place, "the line repeats line \(earlier)")
          continue
        }
        seen[text] = number
        switch object(text, names, place) {
        case .success(let object): draft.objects.append(object)
        case .failure(let fault): set.report(fault.kind, at: place, fault.text)
        }
      }
      set.add(draft)
    }
  }

  /// The picture that a label file belongs to: of its name, in a folder of like name with
  /// `images` for `labels` where several have it.
  private static func picture(for source: String, in files: PhotoFiles) -> String {
    let stem = PhotoFiles.stem(of: source)
    let candidates = files.pictures(withStem: stem)
    if candidates.count == 1 { return candidates[0] }
    let twin = stem.replacing("labels", with: "images")
    return candidates.first { PhotoFiles.stem(of: $0) == twin }
      ?? candidates.first { PhotoFiles.stem(of: $0) == stem } ?? PhotoFiles.name(of: stem) + ".jpg"
  }

  /// Why a line is no object.
  private struct Fault: Error {
    let kind: AnnotationProblem.Kind
    let text: String
  }

  private static func object(
    _ text: Substring, _ names: [String], _ place: SourcePlace
  ) -> Result<ObjectDraft, Fault> {
    let words = text.split(whereSeparator: \.isWhitespace)
    let numbers = words.dropFirst().compactMap { Double($0) }.filter(\.isFinite)
    guard let index = words.first.flatMap({ Int($0) }), numbers.count == words.count - 1 else {
      return .failure(Fault(kind: .malformedRecord, text: "'\(text.prefix(60))' is not numbers"))
    }
    guard names.indices.contains(index) else {
      return .failure(
        Fault(
          kind: .unknownReference,
          text: "class \(index) is not among the \(names.count) that are named"))
    }
    var object = ObjectDraft(
      category: ObjectCategory(name: names[index]), isRelative: true, place: place,
      title: "'\(names[index])'")
    if numbers.count == 4 {
      let (x, y, width, height) = (numbers[0], numbers[1], numbers[2], numbers[3])
      object.box = ObjectBox(
        left: x - width / 2, top: y - height / 2, right: x + width / 2, bottom: y + height / 2)
      return .success(object)
    }
    guard numbers.count >= 6, numbers.count % 2 == 0 else {
      return .failure(
        Fault(
          kind: .malformedRecord,
          text: "\(numbers.count) numbers after the class are neither a box nor an outline"))
    }
    object.outline = .polygons([Array(numbers)])
    return .success(object)
  }
}
