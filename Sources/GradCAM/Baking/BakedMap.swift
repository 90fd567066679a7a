import Diagnostics
import ONNXGraph

/// Writes the finished heatmap of one target: the method's maps, and what ``Heatmap`` does to them.
///
///     L_l = shown(M_l), scaled at its own resolution       as ``Heatmap/init(_:showing:following:view:)``
///     L   = joined L_l, scaled again                       as ``Heatmap/fused(_:by:showing:following:of:view:)``
///     the largest 1 % drawn alike, of methods at the input as ``Heatmap/clippingOutliers``
///     L at the size asked for                              as ``Heatmap/values(width:height:)``
struct BakedMap {
  let context: GraphContext
  let options: BakingOptions

  private var method: Method { context.method }
  private var preset: Preset { context.preset }

  /// Rows and columns, after slices of a volume, of the map before it is brought to its size.
  var ownSides: [Int] {
    guard method.scope == .layer else { return context.model.input.places }
    let sides = context.layers.map { Array($0.shape.dropFirst()) }
    let most = sides.max { $0.count < $1.count }?.count ?? 2
    return (0..<most).map { axis in sides.map { $0[axis] }.max() ?? 1 }
  }

  /// The same of the finished heatmap.
  var sides: [Int] {
    switch options.size {
    case .layer: ownSides
    case .input:
      ownSides.count == 2 ? Array(context.model.input.places.suffix(2)) : context.model.input.places
    case .pixels(let size): ownSides.dropLast(2) + [size.height, size.width]
    }
  }

  /// The heatmap, [N, H, W].
  func written() throws(DiagnosticError) -> Term {
    let maps = try signedMaps()
    let map = options.values == .raw ? maps[0] : scaled(maps)
    let wide = map.enlarged(from: ownSides, to: sides, preset.upsampling)
    guard options.values == .bytes else { return wide }
    return (options.evidence == .both ? wide * 0.5 + 0.5 : wide).asBytes
  }

  /// What the method makes: a map for each layer, or one of all.
  private func signedMaps() throws(DiagnosticError) -> [Term] {
    if let graphMap = method.graphMap { return [try graphMap(context).cast(to: .float)] }
    switch method.procedure {
    case .formula(let formula):
      return try context.maps(formula).map { $0.cast(to: .float) }
    case .graph(let write): return try write(context).map { $0.cast(to: .float) }
    case .passes: throw .notBakeable(method)
    }
  }

  private func scaled(_ maps: [Term]) -> Term {
    let rank = ownSides.count
    let evidence = options.evidence
    var scaled = maps.map {
      Heatmap.normalized(evidence.shown(of: $0), rank: rank, evidence, preset.rangeEpsilon)
    }
    if scaled.count > 1 {
      scaled = zip(context.layers, scaled).map { layer, map in
        map.enlarged(from: Array(layer.shape.dropFirst()), to: ownSides, preset.upsampling)
      }
      let joined = (options.fusion ?? preset.fusion).combineMaps(scaled)
      scaled = [
        preset.rescalesFused
          ? Heatmap.normalized(joined, rank: rank, evidence, preset.rangeEpsilon) : joined
      ]
    }
    return method.clipsOutliers ? OutlierLimit.scaled(scaled[0], sides: ownSides) : scaled[0]
  }
}

extension Method {
  /// Whether its heatmap can be written into a model, so that one run gives it; see
  /// ``Model/baking(_:for:at:options:labels:)``.
  public var canBeBaked: Bool {
    if case .passes = procedure { return graphMap != nil }
    return true
  }
}
