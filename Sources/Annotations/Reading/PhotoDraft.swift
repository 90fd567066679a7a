/// A photo as a file tells of it, not yet held against the picture.
struct PhotoDraft {
  /// The picture's file as it is named.
  var file: String
  /// Its size as it is told.
  var size: (width: Int, height: Int)?
  var objects: [ObjectDraft] = []
  let place: SourcePlace
}

/// An object as a file tells of it.
struct ObjectDraft {
  var category: ObjectCategory
  var box: ObjectBox?
  var outline: Outline?
  /// Whether coordinates are shares of the picture's sides.
  var isRelative = false
  var isCrowd = false
  var isDifficult = false
  let place: SourcePlace
  /// What problems call it, such as "annotation 12".
  var title: String

  /// An outline as it is told.
  enum Outline {
    /// Flat lists of x and y.
    case polygons([[Double]])
    /// Lengths of runs, and the size they are of.
    case runs([Int], width: Int, height: Int)
    /// Something that cannot be read, and why.
    case unreadable(String)
  }
}
