import ONNXGraph

extension Model {
  /// The layers worth comparing, in order: for each resolution the last of those that every path
  /// passes, of the finest-grained resolution before the logits some more, and the default layer.
  ///
  /// Named modules are preferred to the operators they are made of.
  public var rankingCandidates: [Layer] {
    let cuts = layers.filter { layer in
      layer.isOnEveryPath && !Self.passive.contains(layer.operatorName)
    }
    var stages: [[Layer]] = []
    for layer in cuts {
      if let last = stages.last?.last, last.shape.dropFirst() == layer.shape.dropFirst() {
        stages[stages.count - 1].append(layer)
      } else {
        stages.append([layer])
      }
    }
    // A network that keeps one resolution is all one stage.
    let room = max(Self.candidateLimit - stages.count, 2)
    var chosen: [Layer] = []
    for (place, stage) in stages.enumerated() {
      let preferred = Self.outermost(stage)
      let isLast = place == stages.count - 1
      chosen += Self.spread(preferred, count: isLast ? min(room, 6) : 1)
    }
    chosen = Array(chosen.suffix(Self.candidateLimit))
    if let last = cuts.last, !chosen.contains(last) { chosen.append(last) }
    if let defaultLayer, !chosen.contains(defaultLayer) { chosen.append(defaultLayer) }
    return layers.filter(chosen.contains)
  }

  /// Every layer that all paths pass, and the default layer.
  public var allRankingCandidates: [Layer] {
    layers.filter {
      $0 == defaultLayer || $0.isOnEveryPath && !Self.passive.contains($0.operatorName)
    }
  }

  /// What is ranked at most, unless more is asked for.
  private static let candidateLimit = 10

  /// Operators that leave a map as it is, and the input, whose gradient is another thing.
  private static let passive: Set<String> = [
    "Cast", "Dropout", "Identity", "Input", "Reshape", "Squeeze", "Transpose", "Unsqueeze",
  ]

  /// The named modules of a stage, without what most of them are made of; without names all.
  private static func outermost(_ stage: [Layer]) -> [Layer] {
    let modules = stage.filter(\.isModule)
    guard !modules.isEmpty else { return stage }
    let depths = modules.map(\.nesting).sorted()
    let depth = depths[min(2, depths.count - 1)]
    return modules.filter { $0.nesting <= depth }
  }

  /// So many layers with even distances between them, the last two among them.
  private static func spread(_ layers: [Layer], count: Int) -> [Layer] {
    guard layers.count > count, let last = layers.last else { return layers }
    guard count > 1 else { return [last] }
    let others = layers.count - 1
    return (1..<count).map { layers[$0 * others / (count - 1) - 1] } + [last]
  }

  /// The values after the last layer that every path passes: those pooled to one place.
  var pooledValues: [(name: String, operatorName: String)] {
    let path = FloatPath(in: graph, from: input.name, to: logits.value)
    let spatial = Set(layers.map(\.valueName))
    guard let last = path.cuts.lastIndex(where: spatial.contains) else { return [] }
    return path.cuts[(last + 1)...].prefix(1).compactMap { value in
      guard let node = graph.producer(of: value), value != logits.value else { return nil }
      let module = layerList.modulePaths(endingAt: value).first
      return (module ?? (node.name.isEmpty ? value : node.name), node.opType)
    }
  }
}

extension Layer {
  /// Whether the name is a module's path rather than a node's or value's.
  fileprivate var isModule: Bool { name != valueName && !name.contains("/") }

  /// How many modules enclose this one.
  fileprivate var nesting: Int { name.count { $0 == "." } }
}
