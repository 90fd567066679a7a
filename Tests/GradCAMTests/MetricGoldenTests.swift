import Testing
import _TestSupport

@testable import GradCAM

/// What a package says of a map of a small network: a row of `metrics.json`.
struct MetricGolden: Decodable, CustomStringConvertible, Sendable {
  let network: String
  let target: Int
  let metric: String
  let package: String
  let value: Double
  let box: [Double]
  private let offset: Int
  private let shape: [Int]

  /// All rows.
  static func all() throws -> [MetricGolden] { try Fixtures.json("Metrics/metrics.json") }

  var description: String { "\(metric) of \(network) by \(package)" }

  private static let bytes = Result { try Fixtures.data("Metrics/maps.bin") }

  /// The map that is judged.
  func map() throws -> FloatTensor {
    let count = shape.reduce(1, *)
    let data = try Self.bytes.get()[offset..<offset + 4 * count]
    let values = data.withUnsafeBytes { bytes in
      (0..<count).map {
        Float(
          bitPattern: UInt32(
            littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
      }
    }
    return FloatTensor(shape: shape, values: values)
  }
}

@Suite("Metrics beside the packages people use")
struct MetricGoldenTests {
  @Test("A metric says what the package says", arguments: try MetricGolden.all())
  func agrees(_ golden: MetricGolden) throws {
    let folder = Fixtures.path("Goldens/\(golden.network)")
    let explainer = try Explainer(
      Model(contentsOf: folder + "/model.onnx"), preprocessing: .raw)
    let input = try FloatTensor(contentsOf: folder + "/input.npy")
    let map = try explainer.heatmap(of: input, from: golden.map())
    let box = PointingGame.Box(
      left: golden.box[0], top: golden.box[1], right: golden.box[2], bottom: golden.box[3])
    let score = try explainer.scores(
      of: map, for: .class(golden.target), input: input,
      metrics: [Metric(parsing: golden.metric)], truth: GroundTruth(boxes: [box]))[0]
    let found = try #require(score.value)
    #expect(abs(found - golden.value) <= 1e-4, "\(found) instead of \(golden.value)")
  }

  @Test("Every package is heard about every kind of metric")
  func coverage() throws {
    let rows = try MetricGolden.all()
    #expect(Set(rows.map(\.package)) == ["torchcam", "pytorch-grad-cam", "Quantus"])
    let names = Set(try rows.map { try Metric(parsing: $0.metric).name })
    // The box rule and the pixels' IoU are in no package; max-sensitivity draws its own noise.
    let others = ["iou", "mask-iou", "localisation-error", "max-sensitivity"]
    #expect(names == Set(Metric.all.map(\.name)).subtracting(others))
  }
}
