import Annotations
import GradCAM

/// What was found on all photos of a set, brought together.
struct EvaluationSummary: Sendable {
  /// What was evaluated, on what.
  let setting: Setting
  /// What was found on each photo, in the order of the annotations.
  let records: [PhotoRecord]
  /// What is wrong with the annotations and photos.
  let problems: [AnnotationProblem]
  /// Values of all ways and metrics: of all cases, of groups of them, and class by class.
  let values: [Value]
  /// The share of cases whose middle belongs to the class: what the centre alone would hit.
  let centers: [Value]
  /// Ways compared on the same cases.
  let comparisons: [Comparison]
  /// Evidence on regions.
  let regions: [RegionShare]
  /// How often the model is right, for all and for each class.
  let accuracy: (all: Proportion, classes: [Int: Proportion])
  /// On how many photos each class is.
  let pictures: [Int: Int]

  /// What was evaluated, on what.
  struct Setting: Sendable {
    let model: Model
    let labels: Labels?
    let set: AnnotatedSet
    let ways: [EvaluatedWay]
    let metrics: [Metric]
    let regions: [EvaluatedRegion]
    let preset: String
    let preprocessing: String
    let filters: [EvaluationFilter]
  }

  /// A part of the cases.
  enum Part: Hashable, Sendable {
    case all
    /// Those whose middle is outside everything of the class, where a map that knows nothing loses.
    case centerOutside
    case classIndex(Int)

    /// The name in tables for machines.
    var name: String {
      switch self {
      case .all: "all"
      case .centerOutside: "centre-outside"
      case .classIndex: "class"
      }
    }

    /// The class, of a part that is one.
    var classIndex: Int? { if case .classIndex(let index) = self { index } else { nil } }
  }

  /// The mean of a metric over the cases of a part.
  struct Value: Hashable, Sendable {
    let part: Part
    let way: Int
    let metric: Int
    /// Cases that have a value, and others.
    let count, missing: Int
    let mean: Double?
    /// Its bootstrap interval; nil of less than two cases.
    let interval: ClosedRange<Double>?
  }

  /// Two ways on the same cases.
  struct Comparison: Hashable, Sendable {
    let part: Part
    let metric: Int
    let first, second: Int
    let test: PairedTest
    /// The p-value, made larger for all comparisons of the metric and part.
    let adjusted: Double
  }

  /// The mean share of a way's evidence on a region, and of what the model sees that it covers.
  struct RegionShare: Hashable, Sendable {
    let part: Part
    let way: Int
    let region: Int
    let count: Int
    let evidence, area: Double
    /// The mean of evidence less area, and its interval; nil of less than two cases.
    let excess: Double
    let interval: ClosedRange<Double>?
  }
}

// MARK: - Asking

extension EvaluationSummary {
  /// All cases.
  var cases: [PhotoRecord.Case] { records.flatMap(\.cases) }

  /// The classes looked at, in order.
  var classes: [Int] { Set(cases.map(\.classIndex)).sorted() }

  /// One value.
  func value(_ way: Int, _ metric: Int, _ part: Part) -> Value? {
    values.first { $0.way == way && $0.metric == metric && $0.part == part }
  }

  /// The share that the centre alone would hit.
  func center(_ part: Part) -> Value? { centers.first { $0.part == part } }

  /// A class's label, or its number.
  func title(_ index: Int) -> String { setting.labels?[index] ?? "\(index)" }

  /// How many cases a class needs to be suspected: drawing fewer again tells little.
  static let leastCases = 5

  /// For each region the class whose evidence lies most on it, beyond the region's share of
  /// what the model sees, by the first way: of those whose interval is above zero.
  var suspects: [RegionShare] {
    setting.regions.indices.compactMap { region in
      regions.filter { share in
        share.region == region && share.way == 0 && share.part.classIndex != nil
          && share.count >= Self.leastCases && (share.interval?.lowerBound ?? 0) > 0
      }.max { ($0.excess, $1.part.classIndex ?? 0) < ($1.excess, $0.part.classIndex ?? 0) }
    }
  }
}
