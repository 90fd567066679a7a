package import Imaging

/// A photo with what is on it.
package struct AnnotatedPhoto: Hashable, Sendable {
  /// The photo's file, relative to the data set's folder.
  package let file: String
  /// Its size as stored, and its orientation; coordinates are those of the upright photo.
  package let size: StoredSize
  /// What is on it; none where nothing is.
  package let objects: [AnnotatedObject]
  /// Where it is told of.
  package let place: SourcePlace

  /// A photo by its parts.
  package init(file: String, size: StoredSize, objects: [AnnotatedObject], place: SourcePlace) {
    (self.file, self.size, self.objects, self.place) = (file, size, objects, place)
  }
}
