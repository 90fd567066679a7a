import Annotations
import GradCAM

/// Finds the model's classes for what annotations call things.
struct ClassFinder {
  private let labels: Labels?
  private let classCount: Int
  private let mapping: CategoryMapping?

  /// Finds classes of a model with those labels, some names as a file says.
  init(labels: Labels?, classCount: Int, mapping: CategoryMapping?) {
    (self.labels, self.classCount, self.mapping) = (labels, classCount, mapping)
  }

  /// The classes that a category means, in order; none where the model has none such.
  ///
  /// A mapping goes before everything else; then the WordNet number, the name, and the number.
  func classes(for category: ObjectCategory) -> [Int] {
    let mapped = [category.name, category.synset].compactMap(\.self).lazy.compactMap {
      mapping?.entries(for: $0)
    }.first
    guard let mapped else { return direct(category) }
    return Set(mapped.flatMap { direct($0.category) }).sorted()
  }

  /// The same without the mapping.
  private func direct(_ category: ObjectCategory) -> [Int] {
    if let synset = category.synset, let found = labels?.class(synset: synset) { return [found] }
    if let name = category.name, let labels {
      let found = labels.classes(labelled: name)
      if found.count == 1 { return found }
      if !found.isEmpty {
        // Of classes with one name, the one that the number means; a background may come first.
        let index = category.index ?? -2
        return found.first { $0 == index || $0 == index + 1 }.map { [$0] } ?? found
      }
    }
    if let index = category.index ?? category.name.flatMap({ Int($0) }),
      (0..<classCount).contains(index)
    {
      return [index]
    }
    return []
  }
}
