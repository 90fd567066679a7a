import Foundation

/// The JSON report of `gradcam evaluate`.
struct EvaluationReport: Decodable {
  struct Annotations: Decodable {
    struct Problem: Decodable {
      let kind, file, text, outcome: String
      let line: Int?
    }
    let kind, source: String
    let problems: [Problem]
    let problemCounts: [String: Int]
  }

  struct Value: Decodable {
    let part: String
    let `class`: Int?
    let way, metric: String?
    let count, missing: Int
    let mean: Double?
    let interval: [Double]?
  }

  struct Way: Decodable {
    let title, method: String
    let layers: [String]
    let control: Bool
  }

  struct Comparison: Decodable {
    let part, metric, first, second: String
    let count: Int
    let difference, p, adjustedP: Double
  }

  struct Region: Decodable {
    let part, region, way: String
    let `class`: Int?
    let count: Int
    let evidence, area, excess: Double
  }

  struct Rate: Decodable {
    let hits, tries: Int
  }

  let annotations: Annotations
  let photos, cases: Int
  let ways: [Way]
  let accuracy: Rate
  let values, centre: [Value]
  let comparisons: [Comparison]
  let regions, suspects: [Region]

  /// Reads what a run printed.
  init(_ result: Command.Result) throws {
    self = try JSONDecoder().decode(EvaluationReport.self, from: result.output)
  }

  /// The mean of a metric by a way, over all cases unless a class is named.
  func mean(_ metric: String, _ way: String = "Grad-CAM", class index: Int? = nil) -> Double? {
    values.first {
      $0.metric == metric && $0.way == way && $0.class == index
        && $0.part == (index == nil ? "all" : "class")
    }?.mean
  }
}
