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
      let map = try explainer.explanations(of: one, for: [.class(index)], at: [layer])[0].rawMap
      let cells = map.values.count
      let wanted = expected.values[image * cells..<(image + 1) * cells]
      let largest = wanted.reduce(0) { max($0, abs($1)) }
      let error = zip(map.values, wanted).reduce(0) { max($0, abs($1.0 - $1.1)) }
      // Sums over channels in float32 against float64.
      #expect(error <= 2e-5 * largest, "image \(image): \(error / largest)")
    }
  }
}
