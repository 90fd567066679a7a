// An explanation at several layers, or of both signs, seen in other ways.

extension Explanation {
  /// The map of one of the layers made ready to look at, without the others it is fused with.
  ///
  /// - Parameters:
  ///   - index: which of ``layers``, counted from 0.
  ///   - evidence: what is shown of the signed map; what ``heatmap`` shows unless given.
  ///   - limit: the value of the signed map that 1 stands for, so that several maps share a scale;
  ///     the map's own largest unless given.
  public func heatmap(
    ofLayer index: Int, showing evidence: Evidence? = nil, scaledTo limit: Float? = nil
  ) -> Heatmap {
    let map = rawMaps[index].flattened
    let evidence = evidence ?? heatmap.evidence
    guard let limit else { return Heatmap(map, showing: evidence, view: heatmap.view) }
    return Heatmap(
      width: map.width, height: map.height,
      values: map.shown(evidence).map { $0 / (limit + 1e-8) }, evidence: evidence,
      view: heatmap.view)
  }
}

extension RawMap {
  /// The largest value of what is shown: of the map for ``Evidence/for``, of its negative for
  /// ``Evidence/against``, of its magnitude for ``Evidence/both``; 0 where there is nothing.
  public func limit(of evidence: Evidence) -> Float {
    flattened.shown(evidence).reduce(0) { max($0, abs($1)) }
  }

  /// What is shown of the map.
  func shown(_ evidence: Evidence) -> [Float] {
    switch evidence {
    case .for: values.map { max($0, 0) }
    case .against: values.map { max(-$0, 0) }
    case .both: values
    }
  }
}
