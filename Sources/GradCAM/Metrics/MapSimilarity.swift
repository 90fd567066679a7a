/// How alike two heatmaps of one photo are, whatever the resolution of their layers.
///
/// Both are sampled on one grid over the photo, its longer side ``side`` cells.
public struct MapSimilarity: Hashable, Sendable {
  /// Pearson's correlation: 1 for maps that differ by a factor and an offset, 0 for unrelated
  /// ones, −1 for opposite ones; nil where a map is the same everywhere.
  public let pearson: Double?
  /// The cosine of the angle between the maps: 1 for maps that differ by a factor; nil where a
  /// map is zero everywhere.
  public let cosine: Double?
  /// The mean structural similarity, from −1 through 1 for equal maps.
  ///
  /// Wang et al., "Image Quality Assessment: From Error Visibility to Structural Similarity",
  /// IEEE Transactions on Image Processing 2004, equation 13, with its Gaussian window.
  public let ssim: Double
  /// Spearman's rank correlation, that of Pearson between the places' ranks, those alike sharing their
  /// mean rank: how far the maps order the places alike; nil where a map is the same everywhere.
  public let spearman: Double?
  /// Pearson's correlation of the maps' histograms of oriented gradients: how far their edges run
  /// alike; nil where a map is the same everywhere.
  ///
  /// Dalal and Triggs, "Histograms of Oriented Gradients for Human Detection", CVPR 2005: 9
  /// directions in cells of 16 × 16 of the grid, normalised in blocks of 3 × 3 cells (L2-Hys), as
  /// Adebayo et al. 2018 compare maps.
  public let hog: Double?
  /// The largest difference anywhere, in units of the maps: 1 is all of the scale.
  public let largestDifference: Double

  /// Cells along the longer side of the grid.
  public static let side = 128

  /// Compares two heatmaps of one photo that show the same kind of evidence.
  ///
  /// - Precondition: both belong to photos of one size.
  public init(_ first: Heatmap, _ second: Heatmap) {
    precondition(first.view.photo == second.view.photo, "the heatmaps belong to one photo")
    let grid = first.view.photo.scaled(longerSide: Self.side)
    let a = first.sampled(width: grid.width, height: grid.height).map(Double.init)
    let b = second.sampled(width: grid.width, height: grid.height).map(Double.init)
    pearson = MapStatistics.correlation(a, b, longerThan: Self.rounding)
    cosine = MapStatistics.cosine(a, b, longerThan: Self.rounding)
    let isEven = pearson == nil
    spearman =
      isEven ? nil : MapStatistics.correlation(MapStatistics.ranks(a), MapStatistics.ranks(b))
    hog =
      isEven
      ? nil
      : MapStatistics.correlation(
        OrientedGradients.histogram(of: a, width: grid.width),
        OrientedGradients.histogram(of: b, width: grid.width))
    let range = first.evidence == .both || second.evidence == .both ? 2.0 : 1.0
    ssim = Self.structure(a, b, width: grid.width, range: range)
    largestDifference = zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }
}

// MARK: - Formulas

extension MapSimilarity {
  /// A map, or its distance from its mean, that is no longer is nothing but rounding.
  private static let rounding = 1e-6

  /// The mean over all places of
  /// (2 μa μb + C1)(2 σab + C2) / ((μa² + μb² + C1)(σa² + σb² + C2)),
  /// C1 = (0.01 L)², C2 = (0.03 L)², with means in a Gaussian window of 11 and σ = 1.5.
  private static func structure(
    _ a: [Double], _ b: [Double], width: Int, range: Double
  ) -> Double {
    let blur = { (values: [Double]) in blurred(values, width: width) }
    let (meanA, meanB) = (blur(a), blur(b))
    let squareA = blur(a.map { $0 * $0 })
    let squareB = blur(b.map { $0 * $0 })
    let product = blur(zip(a, b).map { $0 * $1 })
    let (c1, c2) = ((0.01 * range) * (0.01 * range), (0.03 * range) * (0.03 * range))
    var sum = 0.0
    for place in a.indices {
      let (ma, mb) = (meanA[place], meanB[place])
      let above = (2 * ma * mb + c1) * (2 * (product[place] - ma * mb) + c2)
      let spread = squareA[place] - ma * ma + squareB[place] - mb * mb
      sum += above / ((ma * ma + mb * mb + c1) * (spread + c2))
    }
    return sum / Double(max(a.count, 1))
  }

  private static let window: [Double] = {
    let weights = (-5...5).map { offset -> Double in
      let distance = Float(offset * offset) / (2 * 1.5 * 1.5)
      return Double(exponential(-distance))
    }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }()

  /// Rows, then columns, the edges held.
  private static func blurred(_ values: [Double], width: Int) -> [Double] {
    guard width > 0 else { return values }
    let height = values.count / width
    let rows = pass(values, length: width, lines: height, step: 1, stride: width)
    return pass(rows, length: height, lines: width, step: width, stride: 1)
  }

  /// Each line blurred along its places, which are `step` apart; lines are `stride` apart.
  private static func pass(
    _ values: [Double], length: Int, lines: Int, step: Int, stride: Int
  ) -> [Double] {
    [Double](unsafeUninitializedCapacity: values.count) { result, count in
      values.withUnsafeBufferPointer { values in
        window.withUnsafeBufferPointer { window in
          var line = 0
          while line < lines {
            let start = line * stride
            var place = 0
            while place < length {
              var sum = 0.0
              var offset = -5
              while offset <= 5 {
                let from = min(max(place + offset, 0), length - 1)
                sum += window[offset + 5] * values[start + from * step]
                offset += 1
              }
              result[start + place * step] = sum
              place += 1
            }
            line += 1
          }
        }
      }
      count = values.count
    }
  }
}
