// An explanation at several layers, or of both signs, seen in other ways.

extension Explanation {
  /// The map of one of the layers made ready to look at, without the others it is fused with.
  ///
  /// - Parameters:
  ///   - index: which of ``layers``, counted from 0.
  ///   - evidence: what is shown of the signed map; what ``heatmap`` shows unless given.
  ///   - limit: the value of the signed map that 1 stands for, so that several maps share a scale,
  ///     such as the largest ``limit(ofLayer:showing:)`` of them; the map's own unless given.
  public func heatmap(
    ofLayer index: Int, showing evidence: Evidence? = nil, scaledTo limit: Float? = nil
  ) -> Heatmap {
    let evidence = evidence ?? heatmap.evidence
    if layers.count == 1, limit == nil, evidence == heatmap.evidence { return heatmap }
    let map = rawMaps[index].flattened
    guard let limit else {
      // Where a preset ends at the input's resolution, the joint map has that.
      let own = Heatmap.fused(
        [map], by: options.joinedBy, showing: evidence, following: options.preset,
        of: ImageSize(width: heatmap.width, height: heatmap.height), view: heatmap.view)
      return method.clipsOutliers ? own.clippingOutliers : own
    }
    let scaled = Heatmap(
      width: map.width, height: map.height,
      values: evidence.shown(of: map.values).map { $0 / (limit + 1e-8) }, evidence: evidence,
      view: heatmap.view, upsampling: heatmap.upsampling)
    return method.clipsOutliers ? scaled.clipped : scaled
  }

  /// How far a layer's signed map reaches where it is drawn: the largest value of what is shown, of
  /// its magnitude for ``Evidence/both``; where the few largest are drawn alike, what all others
  /// stay within.
  ///
  /// In units of the target times the activation; 0 where nothing is shown.
  public func limit(ofLayer index: Int, showing evidence: Evidence? = nil) -> Float {
    let evidence = evidence ?? heatmap.evidence
    let map = rawMaps[index]
    return method.clipsOutliers
      ? OutlierLimit.magnitude(of: evidence.shown(of: map.flattened.values))
      : map.limit(of: evidence)
  }

  /// What 1 stands for in a layer's map on a scale of its own; nil where 0 does not stand for 0, or
  /// the preset scales the map once more after enlarging it.
  package func unit(ofLayer index: Int) -> Float? {
    guard options.preset.resolution == .layer else { return nil }
    let shown = heatmap.evidence.shown(of: rawMaps[index].flattened.values)
    guard heatmap.evidence == .both || shown.contains(where: { $0 <= 0 }) else { return nil }
    return limit(ofLayer: index)
  }
}

extension RawMap {
  /// The largest value of what is shown: of the map for ``Evidence/for``, of its negative for
  /// ``Evidence/against``, of its magnitude for ``Evidence/both``; 0 where there is nothing.
  public func limit(of evidence: Evidence) -> Float {
    evidence.shown(of: flattened.values).reduce(0) { max($0, abs($1)) }
  }
}
