import GradCAM

/// Maps of one photo by one model beside each other: of several targets, layers or methods.
struct MapComparison {
  /// What differs from map to map.
  enum Subject: String, CaseIterable {
    case targets, layers, methods
  }

  /// One map.
  struct Entry {
    let explanation: Explanation
    /// Which of the explanation's layers; nil where all are one map, as a method may fuse them.
    let layerIndex: Int?
    let heatmap: Heatmap
    /// The value of the signed map that 1 stands for; nil where 0 does not stand for 0.
    let limit: Float?
    let field: ReceptiveField
    /// How alike it is to the first map; nil for that.
    var similarity: MapSimilarity?

    var layer: Layer { explanation.layers[layerIndex ?? explanation.layers.count - 1] }
    var map: RawMap { explanation.rawMaps[layerIndex ?? explanation.rawMaps.count - 1] }

    /// The layers' names.
    var layerNames: String {
      layerIndex == nil ? explanation.layers.map(\.name).joined(separator: ", ") : layer.name
    }
  }

  let subjects: Set<Subject>
  let photo: Image
  /// What the photo is called.
  let title: String
  let model: Model
  /// What is compared, each with the first.
  let entries: [Entry]
  /// Of targets: what speaks for the first rather than each other one.
  let differences: [Entry]
  /// Whether 1 stands for the same value in all maps.
  let isShared: Bool

  var evidence: Evidence { entries[0].heatmap.evidence }

  /// The lowest correlation with the first map; nil where one is not defined.
  var lowestCorrelation: Double? {
    let found = entries.dropFirst().map(\.similarity?.pearson)
    return found.contains { $0 == nil } ? nil : found.compactMap(\.self).min()
  }
}

// MARK: - Making one

extension MapComparison {
  /// Sets maps beside each other.
  ///
  /// - Parameters:
  ///   - maps: explanations and which of their layers; at least one.
  ///   - differences: explanations of a difference of logits.
  init(
    of subjects: Set<Subject>, _ maps: [(explanation: Explanation, layer: Int?)],
    differences: [Explanation], isShared: Bool, photo: Image, title: String, model: Model
  ) {
    (self.subjects, self.photo, self.title, self.model) = (subjects, photo, title, model)
    self.isShared = isShared
    let fields = model.receptiveFields(
      of: maps.map { $0.explanation.layers[$0.layer ?? $0.explanation.layers.count - 1] })
    // Where a method joined layers, each of them has the joint map.
    let limits = maps.map { $0.explanation.limit(ofLayer: $0.layer ?? 0) }
    let shared = isShared ? limits.max() : nil
    var entries = maps.indices.map { index in
      let (explanation, layer) = maps[index]
      return Entry(
        explanation: explanation, layerIndex: layer,
        heatmap: layer == nil && shared == nil
          ? explanation.heatmap : explanation.heatmap(ofLayer: layer ?? 0, scaledTo: shared),
        limit: shared ?? explanation.unit(ofLayer: layer ?? 0), field: fields[index])
    }
    for index in entries.indices.dropFirst() {
      entries[index].similarity = MapSimilarity(entries[0].heatmap, entries[index].heatmap)
    }
    self.entries = entries
    let reaches = differences.map { $0.limit(ofLayer: 0, showing: .both) }
    self.differences = zip(differences, reaches).map { explanation, own in
      let limit = isShared ? reaches.max() ?? own : own
      return Entry(
        explanation: explanation, layerIndex: 0,
        heatmap: explanation.heatmap(ofLayer: 0, showing: .both, scaledTo: limit), limit: limit,
        field: fields[0])
    }
  }
}

// MARK: - What must be known

extension MapComparison {
  /// What is said of a map, such as that it is empty, with its name.
  var notes: [String] {
    NamedNotes.joined(
      (entries + differences).map { (name(of: $0), $0.explanation.notes) })
  }

  /// What a map differs in from the others, in words.
  func name(of entry: Entry) -> String {
    Subject.allCases.filter(subjects.contains).map { subject in
      switch subject {
      case .targets: ExplanationFigure.names(of: entry.explanation)
      case .layers: entry.layer.name
      case .methods: entry.explanation.method.title
      }
    }.joined(separator: ", ")
  }

  /// What made the figure.
  var provenance: [(key: String, value: String)] {
    let all = entries.map(\.explanation.provenance)
    return all[0].map { key, value in
      var values: [String] = []
      for entry in all {
        let own = entry.first { $0.key == key }?.value ?? ""
        if !values.contains(own) { values.append(own) }
      }
      return (key, values.joined(separator: "; "))
    } + [("Scale", isShared ? "shared" : "own")]
  }
}
