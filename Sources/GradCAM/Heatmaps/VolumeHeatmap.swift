import Imaging

/// The map of a volume made ready to look at: normalised over all slices together.
public struct VolumeHeatmap: Hashable, Sendable {
  /// Slices, as many as the layer has.
  public let depth: Int
  /// Rows.
  public let height: Int
  /// Columns.
  public let width: Int
  /// The values, slice by slice and row by row: 0 through 1, or −1 through 1 where evidence for and
  /// against is shown on one scale.
  public let values: [Float]
  /// Which part of the signed map is shown.
  public let evidence: Evidence
  /// What the model saw of a slice.
  public let view: PhotoView
  /// How cells become pixels.
  public let upsampling: Heatmap.Upsampling
  /// The cell that was strongest before the few largest were drawn alike.
  private var strongest: Int?

  /// Makes a heatmap of a raw signed map, as ``Heatmap`` does of one slice.
  init(
    _ map: RawMap, showing evidence: Evidence, following preset: Preset = .paper, view: PhotoView
  ) {
    self.init(
      depth: map.depth ?? 1, height: map.height, width: map.width,
      values: Heatmap.normalized(
        evidence.shown(of: map.values), evidence, preset.rangeEpsilon), evidence: evidence,
      view: view, upsampling: preset.upsampling)
  }

  init(
    depth: Int, height: Int, width: Int, values: [Float], evidence: Evidence, view: PhotoView,
    upsampling: Heatmap.Upsampling = .bilinear
  ) {
    (self.depth, self.height, self.width) = (depth, height, width)
    (self.values, self.evidence, self.view) = (values, evidence, view)
    self.upsampling = upsampling
  }
}

extension VolumeHeatmap {
  /// This map with the few largest values of all slices drawn alike.
  var clippingOutliers: VolumeHeatmap {
    var clipped = VolumeHeatmap(
      depth: depth, height: height, width: width, values: OutlierLimit.scaled(values),
      evidence: evidence, view: view, upsampling: upsampling)
    clipped.strongest = OutlierLimit.strongest(values)
    return clipped
  }
}

// MARK: - At other sizes

extension VolumeHeatmap {
  /// A heatmap for each of so many slices: linear between the layer's, their ends held, or the
  /// nearest, as ``upsampling`` says; rows and columns stay the layer's.
  public func slices(_ count: Int) -> [Heatmap] {
    let size = width * height
    return (0..<count).map { slice in
      if upsampling == .nearest {
        let own = Heatmap.Upsampling.cell(at: slice, of: count, cells: depth) * size
        return Heatmap(
          width: width, height: height, values: Array(values[own..<own + size]),
          evidence: evidence, view: view, upsampling: upsampling)
      }
      let scale = Float(depth) / Float(count)
      let position = min(max((Float(slice) + 0.5) * scale - 0.5, 0), Float(depth - 1))
      let lower = Int(position)
      let upper = min(lower + 1, depth - 1)
      let share = position - Float(lower)
      let values = (0..<size).map { place in
        let (a, b) = (self.values[lower * size + place], self.values[upper * size + place])
        return a + (b - a) * share
      }
      return Heatmap(width: width, height: height, values: values, evidence: evidence, view: view)
    }
  }

  /// The values at other sides, [depth, height, width]: trilinear between the cells' centres, edges
  /// held.
  public func values(depth: Int, height: Int, width: Int) -> [Float] {
    slices(depth).flatMap { $0.values(width: width, height: height) }
  }

  /// Where the map is strongest: the slice among so many, and the place in the photo's pixels; nil
  /// where the map is empty.
  public func peak(ofSlices count: Int) -> (slice: Int, x: Int, y: Int)? {
    guard let best = strongest ?? OutlierLimit.strongest(values), values[best] != 0 else {
      return nil
    }
    let size = width * height
    let own = best / size
    let plane = Heatmap(
      width: width, height: height, values: Array(values[own * size..<(own + 1) * size]),
      evidence: evidence, view: view)
    guard let place = plane.peak else { return nil }
    let slice = Int((Double(own) + 0.5) * Double(count) / Double(depth))
    return (min(slice, count - 1), place.x, place.y)
  }
}

// MARK: - Several layers

extension VolumeHeatmap {
  /// Several layers' maps as one, at the largest of their sides.
  static func fused(
    _ maps: [VolumeHeatmap], by fusion: Fusion, following preset: Preset = .paper
  ) -> VolumeHeatmap? {
    guard let first = maps.first, maps.count > 1 else { return maps.first }
    let depth = maps.map(\.depth).max() ?? 1
    let height = maps.map(\.height).max() ?? 1
    let width = maps.map(\.width).max() ?? 1
    let all = maps.map { $0.values(depth: depth, height: height, width: width) }
    let combined = all[0].indices.map { place in fusion.combine(all.map { $0[place] }) }
    return VolumeHeatmap(
      depth: depth, height: height, width: width,
      values: preset.rescalesFused
        ? Heatmap.normalized(combined, first.evidence, preset.rangeEpsilon) : combined,
      evidence: first.evidence, view: first.view, upsampling: first.upsampling)
  }
}
