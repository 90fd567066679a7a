/// One thing on a photo, in the upright photo's pixels.
package struct AnnotatedObject: Hashable, Sendable {
  /// What it is.
  package let category: ObjectCategory
  /// Its box, within the photo; nil where only its class is told.
  package let box: ObjectBox?
  /// Its outline or mask, where that is told.
  package let shape: ObjectShape?
  /// Whether it is a crowd, told of as one.
  package let isCrowd: Bool
  /// Whether whoever drew it found it hard to see.
  package let isDifficult: Bool
  /// Where it is told of.
  package let place: SourcePlace

  /// An object by its parts.
  package init(
    category: ObjectCategory, box: ObjectBox?, shape: ObjectShape? = nil, isCrowd: Bool = false,
    isDifficult: Bool = false, place: SourcePlace
  ) {
    (self.category, self.box, self.shape) = (category, box, shape)
    (self.isCrowd, self.isDifficult, self.place) = (isCrowd, isDifficult, place)
  }
}

/// What an object is, as far as it is told.
package struct ObjectCategory: Hashable, Sendable {
  /// Its name.
  package var name: String?
  /// Its WordNet number, such as `n02123045`.
  package var synset: String?
  /// Its class by number, counted from 0.
  package var index: Int?

  /// A category by what is told of it.
  package init(name: String? = nil, synset: String? = nil, index: Int? = nil) {
    (self.name, self.synset, self.index) = (name, synset, index)
  }

  /// What to call it.
  package var title: String { name ?? synset ?? index.map(String.init) ?? "?" }
}
