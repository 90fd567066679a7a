#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

import Testing

@testable import GradCAM

@Suite("Maps of small networks")
struct NetworkMapTests {
  private static let folder: String = {
    let path = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    return path.dropLast(2).joined(separator: "/") + "/Fixtures/Networks"
  }()

  private static let names =
    (try? FileManager.default.contentsOfDirectory(atPath: folder))?.sorted() ?? []

  private struct Reference: Decodable {
    struct Layer: Decodable { let value: String }
    let classes: [Int]
    let defaultLayer: Layer
  }

  @Test("Every family and exporter is there")
  func count() { #expect(Self.names.count >= 40) }

  @Test("Grad-CAM at the default layer is that of float64 autograd", arguments: names)
  func map(name: String) throws {
    let path = "\(Self.folder)/\(name)"
    let reference = try JSONDecoder().decode(
      Reference.self, from: Data(contentsOf: URL(filePath: path + "/reference.json")))
    let input = try FloatTensor(contentsOf: path + "/input.npy")
    let expected = try FloatTensor(contentsOf: path + "/map.npy")
    let model = try Model(
      contentsOf: path + "/model.onnx",
      size: ImageSize(width: input.shape[3], height: input.shape[2]))
    let explainer = try Explainer(model, preprocessing: .raw)
    let layer = try model.layer(named: reference.defaultLayer.value)
    let size = input.values.count / input.shape[0]
    for (image, index) in reference.classes.enumerated() {
      let one = FloatTensor(
        shape: Array(input.shape.dropFirst()),
        values: Array(input.values[image * size..<(image + 1) * size]))
      let why = try explainer.explanations(of: one, for: [.class(index)], at: [layer])[0]
      // The explanation leaves the model's own outputs as they are, to the bit.
      #expect(try explainer.probabilities(of: one) == why.probabilities)
      let map = why.rawMap
      let cells = map.values.count
      let wanted = expected.values[image * cells..<(image + 1) * cells]
      let largest = wanted.reduce(0) { max($0, abs($1)) }
      let error = zip(map.values, wanted).reduce(0) { max($0, abs($1.0 - $1.1)) }
      // Sums over channels in float32 against float64.
      #expect(error <= 2e-5 * largest, "image \(image): \(error / largest)")
    }
  }

  @Test("Several threads explain with one explainer as one does")
  func threads() async throws {
    let model = try Model(contentsOf: "\(Self.folder)/resnet18-dynamo/model.onnx")
    let explainer = try Explainer(model, preprocessing: .imageNetSquash)
    let photos = (0..<8).map { shade in
      Image(
        width: 40, height: 30,
        filledWith: Image.Color(red: UInt8(30 * shade), green: 90, blue: UInt8(250 - 30 * shade)))
    }
    let alone = try photos.map { try explainer.explanation(of: $0).rawMap }
    let together = try await withThrowingTaskGroup(of: (Int, RawMap).self) { group in
      for (index, photo) in photos.enumerated() {
        group.addTask { (index, try explainer.explanation(of: photo).rawMap) }
      }
      return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    #expect((0..<8).map { together[$0] } == alone)
  }
}
