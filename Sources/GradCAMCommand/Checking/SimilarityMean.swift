import GradCAM

/// How alike maps are to others, over photos.
struct SimilarityMean {
  /// A measure of likeness.
  enum Measure: String, CaseIterable {
    case spearman, ssim, hog, pearson

    /// The name in titles.
    var title: String {
      switch self {
      case .spearman: "Spearman"
      case .ssim: "SSIM"
      case .hog: "HOG"
      case .pearson: "Pearson"
      }
    }

    /// The value; 0 where a map is even, which has nothing in common with another.
    func value(of similarity: MapSimilarity) -> Double {
      switch self {
      case .spearman: similarity.spearman ?? 0
      case .ssim: similarity.ssim
      case .hog: similarity.hog ?? 0
      case .pearson: similarity.pearson ?? 0
      }
    }
  }

  private var sums = [Double](repeating: 0, count: Measure.allCases.count)
  private(set) var count = 0
  /// The lowest of each measure.
  private var lowest = [Double](repeating: .infinity, count: Measure.allCases.count)

  /// Counts one more pair of maps.
  mutating func add(_ similarity: MapSimilarity) {
    for (place, measure) in Measure.allCases.enumerated() {
      let value = measure.value(of: similarity)
      sums[place] += value
      lowest[place] = min(lowest[place], value)
    }
    count += 1
  }

  /// The mean of a measure; 0 over no pairs.
  subscript(measure: Measure) -> Double {
    let place = Measure.allCases.firstIndex(of: measure) ?? 0
    return count == 0 ? 0 : sums[place] / Double(count)
  }

  /// The means as JSON.
  var json: JSONValue {
    .object(Measure.allCases.map { ($0.rawValue, .number(self[$0])) })
  }
}
