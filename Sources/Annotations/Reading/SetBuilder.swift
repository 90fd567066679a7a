import Diagnostics
import Imaging

/// Holds what files tell against the pictures, and keeps a record of what does not fit.
struct SetBuilder {
  /// The data set's files.
  let files: PhotoFiles
  private(set) var photos: [AnnotatedPhoto] = []
  private(set) var problems: [AnnotationProblem] = []
  /// The photo of each picture that was told of, by its file.
  private var places: [String: SourcePlace] = [:]

  /// How far a box may reach outside its picture by rounding alone, in pixels.
  static let rounding = 1.0

  init(_ files: PhotoFiles) { self.files = files }

  /// How many pictures of the folder nothing was told of.
  var unnamedCount: Int { files.pictures.count { places[$0] == nil } }

  /// Keeps a record of something that is wrong.
  mutating func report(
    _ kind: AnnotationProblem.Kind, at place: SourcePlace, _ text: String,
    _ outcome: AnnotationProblem.Outcome = .leftOut
  ) {
    problems.append(AnnotationProblem(kind, at: place, text, outcome))
  }

  /// Adds a photo, if its picture is there and can be read.
  mutating func add(_ draft: PhotoDraft) {
    guard let file = files.path(named: draft.file, beside: draft.place.file) else {
      return report(
        .missingPhoto, at: draft.place,
        "there is no picture '\(draft.file)'\(Self.objects(draft.objects.count))")
    }
    if let earlier = places[file] {
      return report(
        .duplicate, at: draft.place, "'\(draft.file)' is told of a second time, after \(earlier)")
    }
    places[file] = draft.place
    let size: StoredSize
    do throws(DiagnosticError) {
      let path = files.folder + file
      size = try StoredSize(
        of: FileBytes.contents(of: path, limit: Image.Limits.default.maximumBytes), name: path)
    } catch {
      return report(
        .unreadablePhoto, at: draft.place,
        "\(error.message)\(Self.objects(draft.objects.count))")
    }
    guard let isStored = frame(of: draft, size) else { return }
    var objects: [AnnotatedObject] = []
    for object in draft.objects {
      if let object = checked(object, size, isStored: isStored) { objects.append(object) }
    }
    photos.append(
      AnnotatedPhoto(file: file, size: size, objects: objects, place: draft.place))
  }

  private static func objects(_ count: Int) -> String {
    count == 0 ? "" : count == 1 ? ", for 1 object" : ", for \(count) objects"
  }
}

// MARK: - Which way up

extension SetBuilder {
  /// Whether coordinates are those of the picture as stored rather than upright, as the size told
  /// lets see; nil where it is another picture's.
  private mutating func frame(of draft: PhotoDraft, _ size: StoredSize) -> Bool? {
    let isUpright = draft.size.map { $0 == (size.uprightWidth, size.uprightHeight) }
    let isAsStored = draft.size.map { $0 == (size.width, size.height) }
    if let told = draft.size, isUpright == false, isAsStored == false {
      report(
        .otherSize, at: draft.place,
        "'\(draft.file)' is \(size.uprightWidth)x\(size.uprightHeight), not "
          + "\(told.width)x\(told.height)")
      return nil
    }
    guard size.orientation > 1 else { return false }
    let turned = "'\(draft.file)' is stored with EXIF orientation \(size.orientation)"
    if isUpright == true, isAsStored == false {
      report(
        .turnedPhoto, at: draft.place,
        turned + "; the size told is the upright picture's, so coordinates are too", .assumed)
      return false
    }
    if isAsStored == true, isUpright == false {
      report(
        .turnedPhoto, at: draft.place,
        turned + "; the size told is the stored picture's, so coordinates are turned with it",
        .changed)
      return true
    }
    report(
      .turnedPhoto, at: draft.place,
      turned + "; no size tells which way coordinates count, so as on the upright picture",
      .assumed)
    return false
  }
}

// MARK: - Objects

extension SetBuilder {
  /// An object as far as it can be used.
  private mutating func checked(
    _ draft: ObjectDraft, _ size: StoredSize, isStored: Bool
  ) -> AnnotatedObject? {
    let (width, height) = (size.uprightWidth, size.uprightHeight)
    let shape = shape(of: draft, size, isStored: isStored)
    guard let box = box(of: draft, shape, size, isStored: isStored) else { return nil }
    guard let inner = box.box else {
      return AnnotatedObject(
        category: draft.category, box: nil, shape: nil, isCrowd: draft.isCrowd,
        isDifficult: draft.isDifficult, place: draft.place)
    }
    let clipped = inner.clipped(width: width, height: height)
    guard !clipped.isEmpty else {
      report(
        .boxOutside, at: draft.place,
        "\(draft.title): box \(inner.text) lies outside the picture of \(width)x\(height)")
      return nil
    }
    if inner.overhang(width: width, height: height) > Self.rounding {
      report(
        .boxOutside, at: draft.place,
        "\(draft.title): box \(inner.text) reaches outside the picture of \(width)x\(height), and "
          + "is cut off there", .changed)
    }
    return AnnotatedObject(
      category: draft.category, box: clipped, shape: shape, isCrowd: draft.isCrowd,
      isDifficult: draft.isDifficult, place: draft.place)
  }

  /// A box on the upright picture, or that there is none; nil where the object is left out.
  private mutating func box(
    of draft: ObjectDraft, _ shape: ObjectShape?, _ size: StoredSize, isStored: Bool
  ) -> (box: ObjectBox?, Void)? {
    guard let told = draft.box else {
      guard draft.outline != nil else { return (nil, ()) }
      if let bounds = Self.bounds(of: shape, size) { return (bounds, ()) }
      report(
        .malformedRecord, at: draft.place, "\(draft.title): neither a box nor an outline serves")
      return nil
    }
    var box = told
    if draft.isRelative {
      box = ObjectBox(
        left: told.left * Double(size.uprightWidth), top: told.top * Double(size.uprightHeight),
        right: told.right * Double(size.uprightWidth),
        bottom: told.bottom * Double(size.uprightHeight))
    }
    guard !box.isEmpty, box.isSensible else {
      if let bounds = Self.bounds(of: shape, size) {
        report(
          .emptyBox, at: draft.place,
          "\(draft.title): box \(box.text) is \(box.isEmpty ? "empty" : "beyond any picture"), so the "
            + "one around its outline is taken",
          .changed)
        return (bounds, ())
      }
      report(
        box.isEmpty ? .emptyBox : .boxOutside, at: draft.place,
        "\(draft.title): box \(box.text) is \(box.isEmpty ? "empty" : "beyond any picture")")
      return nil
    }
    return (isStored ? box.upright(size) : box, ())
  }

  /// The box around a shape on the upright picture.
  private static func bounds(of shape: ObjectShape?, _ size: StoredSize) -> ObjectBox? {
    switch shape {
    case .polygons(let polygons): ObjectBox(around: polygons.flatMap(\.self))
    case .runs(let runs, let orientation):
      runs.bounds?.upright(
        StoredSize(width: runs.width, height: runs.height, orientation: orientation))
    case nil: nil
    }
  }
}

// MARK: - Outlines

extension SetBuilder {
  private mutating func shape(
    of draft: ObjectDraft, _ size: StoredSize, isStored: Bool
  ) -> ObjectShape? {
    switch draft.outline {
    case nil: return nil
    case .unreadable(let reason):
      report(.badMask, at: draft.place, "\(draft.title): \(reason)" + without(draft), .changed)
      return nil
    case .runs(let counts, let width, let height):
      return runs(counts, width, height, of: draft, size, isStored: isStored)
    case .polygons(let polygons):
      return self.polygons(polygons, of: draft, size, isStored: isStored)
    }
  }

  /// What is done without an outline.
  private func without(_ draft: ObjectDraft) -> String {
    draft.box == nil ? "" : ", so its box is taken"
  }

  private mutating func runs(
    _ counts: [Int], _ width: Int, _ height: Int, of draft: ObjectDraft, _ size: StoredSize,
    isStored: Bool
  ) -> ObjectShape? {
    let wanted =
      isStored ? (size.width, size.height) : (size.uprightWidth, size.uprightHeight)
    var fault: String?
    if (width, height) != wanted {
      fault = "is of \(width)x\(height), but the picture is \(wanted.0)x\(wanted.1)"
    } else {
      do throws(RunLengths.MaskFault) {
        let runs = try RunLengths(width: width, height: height, counts: counts)
        if runs.count > 0 {
          return .runs(runs, orientation: isStored ? size.orientation : 1)
        }
        fault = "covers no pixel"
      } catch {
        fault = error.reason
      }
    }
    report(
      .badMask, at: draft.place, "\(draft.title): its mask \(fault ?? "")" + without(draft),
      .changed)
    return nil
  }

  private mutating func polygons(
    _ polygons: [[Double]], of draft: ObjectDraft, _ size: StoredSize, isStored: Bool
  ) -> ObjectShape? {
    let (width, height) = (size.uprightWidth, size.uprightHeight)
    var good: [[ObjectPoint]] = []
    for numbers in polygons {
      var points = stride(from: 0, to: numbers.count - numbers.count % 2, by: 2).map {
        ObjectPoint(x: numbers[$0], y: numbers[$0 + 1])
      }
      if draft.isRelative {
        points = points.map { ObjectPoint(x: $0.x * Double(width), y: $0.y * Double(height)) }
      }
      if isStored { points = points.map { $0.upright(size) } }
      let bounds = ObjectBox(around: points)
      let fault =
        numbers.count % 2 == 1
        ? "an odd number of coordinates"
        : points.count < 3
          ? "\(points.count) points"
          : bounds.isEmpty
            ? "no area" : bounds.isSensible ? nil : "coordinates beyond any picture"
      if let fault {
        report(
          .emptyPolygon, at: draft.place,
          "\(draft.title): a polygon has \(fault)"
            + (polygons.count > 1 ? "; the others are kept" : without(draft)), .changed)
      } else if bounds.clipped(width: width, height: height).isEmpty {
        report(
          .boxOutside, at: draft.place,
          "\(draft.title): a polygon lies outside the picture of \(width)x\(height)", .changed)
      } else {
        good.append(points)
      }
    }
    if polygons.isEmpty {
      report(
        .emptyPolygon, at: draft.place, "\(draft.title): there is no polygon" + without(draft),
        .changed)
    }
    return good.isEmpty ? nil : .polygons(good)
  }
}
