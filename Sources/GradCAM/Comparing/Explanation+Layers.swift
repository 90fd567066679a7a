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
    let evidence = evidence ?? heatmap.evidence
    if layers.count == 1, limit == nil, evidence == heatmap.evidence { return heatmap }
    let map = rawMaps[index].flattened
    guard let limit else {
      let own = Heatmap(
        map, showing: evidence, following: Preset.named(preset) ?? .paper, view: heatmap.view)
      return method.clipsOutliers ? own.clippingOutliers : own
    }
    return Heatmap(
      width: map.width, height: map.height,
      values: evidence.shown(of: map.values).map { $0 / (limit + 1e-8) }, evidence: evidence,
      view: heatmap.view, upsampling: heatmap.upsampling)
  }
}

extension RawMap {
  /// The largest value of what is shown: of the map for ``Evidence/for``, of its negative for
  /// ``Evidence/against``, of its magnitude for ``Evidence/both``; 0 where there is nothing.
  public func limit(of evidence: Evidence) -> Float {
    evidence.shown(of: flattened.values).reduce(0) { max($0, abs($1)) }
  }
}
