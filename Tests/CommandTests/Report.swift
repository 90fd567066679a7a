import Foundation

/// The JSON report of `gradcam explain`.
struct Report: Decodable {
  struct Model: Decodable {
    let path: String
    let sha256: String
  }

  struct Explanation: Decodable {
    struct Map: Decodable {
      let min, max: Float
    }
    struct Peak: Decodable {
      let x, y: Int
    }
    struct Class: Decodable {
      let `class`: Int
      let label: String?
    }

    let input: String
    let `class`: Int
    let label: String?
    let logit, probability: Float
    let rank: Int
    let layer: String
    let layerShape: [Int]
    let method, preset, evidence, preprocessing: String
    let map: Map
    let peak: Peak?
    let ratherThan: [Class]?
    let measures: [String: Double]?
    let files: [String: String]
    let milliseconds: [String: Double]
    let notes: [String]?
  }

  struct Skipped: Decodable {
    let input, reason: String
  }

  let model: Model
  let explanations: [Explanation]
  let skipped: [Skipped]?
  let notes: [String]?
  let versions: [String: String]

  /// Reads what a run printed.
  init(_ result: Command.Result) throws {
    self = try JSONDecoder().decode(Report.self, from: result.output)
  }
}
