// MARK: - Finding a layer by name

extension LayerList {
  /// What a name turned out to mean.
  package enum Finding: Hashable, Sendable {
    /// The layer at that place in the list.
    case layer(Int)
    /// A module whose output no spatial value on the path is.
    case notSpatial
    /// A slice such as `features[:-1]`, which names several layers.
    case several
    /// No such name.
    case unknown
  }

  /// Finds the layer that a name means: a value's or a node's name, a module path such as
  /// `layer4.2` or `layer4[-1]`, or either in the shorter form that people use.  Case counts.
  package func find(_ name: String) -> Finding {
    for reading in NameReading.all {
      if let found = reading.find(name, self) { return found }
    }
    return .unknown
  }

  /// Every name that is written in the model or follows from it, for suggestions.
  package var allNames: [String] {
    let written = layers.flatMap { [$0.name] + $0.aliases }
    return written + written.flatMap(NameReading.shortened) + modules.spelledPaths
  }
}

extension LayerList {
  /// The module paths whose output is a value, outermost first.
  package func modulePaths(endingAt value: String) -> [String] { modules.paths(endingAt: value) }
}
