import ONNXFormat

/// Which positions of each value a target depends on.
///
/// Behind the last attention of a model with a class token only that token feeds the logits: the
/// others get exactly no gradient there.  Walking back from the logits, each operator's row says
/// what its live outputs make live of its inputs; an operator without a row makes all of them.
package struct Liveness: Sendable {
  /// What is live of each value on the way, for all of its readers together.
  private var regions: [String: LiveRegion]
  /// What one node makes live of a value it reads.
  private var contributions: [Reading: LiveRegion] = [:]

  /// A value as one node reads it.
  package struct Reading: Hashable, Sendable {
    package let node: Int
    package let value: String
  }

  /// Walks back over the nodes of a path.
  package init(of path: FloatPath, to target: String, in graph: Graph) {
    regions = [target: LiveRegion()]
    for index in path.nodes.reversed() {
      let node = graph.nodes[index]
      let live = node.output.map { regions[$0] }
      for (place, name) in node.input.enumerated() where path.values.contains(name) {
        let question = LivenessQuestion(node: node, input: place, live: live, graph: graph)
        let region =
          node.isStandard
          ? LivenessRules.table[node.opType]?(question) ?? LiveRegion() : LiveRegion()
        add(region, Reading(node: index, value: name))
      }
      // What subgraphs read is live throughout.
      for name in node.allInputs where !node.input.contains(name) && path.values.contains(name) {
        add(LiveRegion(), Reading(node: index, value: name))
      }
    }
  }

  private mutating func add(_ region: LiveRegion, _ reading: Reading) {
    contributions[reading] = contributions[reading]?.union(region) ?? region
    regions[reading.value] = regions[reading.value]?.union(region) ?? region
  }
}

// MARK: - Places

extension Liveness {
  /// What is live of a value on the way.
  func region(of value: String) -> LiveRegion? { regions[value] }

  /// Whether the target depends on places of a feature map, not only on tokens beside its grid.
  package func reaches(_ map: FeatureMap, of value: String) -> Bool {
    regions[value].map { $0.reaches(map) } ?? false
  }

  /// The readings through which only tokens beside the grid act, of values whose places act
  /// through others: what remains is the way of the places.
  package func besidePlaces(in graph: Graph) -> Set<Reading> {
    Set(
      contributions.compactMap { reading, region in
        guard let map = graph.facts[reading.value]?.featureMap, reaches(map, of: reading.value),
          !region.reaches(map)
        else { return nil }
        return reading
      })
  }
}

extension LiveRegion {
  fileprivate func reaches(_ map: FeatureMap) -> Bool {
    if isEmpty { return false }
    guard let axis = map.tokenAxis else { return true }
    let grid = map.prefixTokens..<map.prefixTokens + map.placeCount
    return range(axis, side: grid.upperBound + map.suffixTokens).overlaps(grid)
  }
}
