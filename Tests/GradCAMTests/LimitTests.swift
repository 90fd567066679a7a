import Testing
import _TestSupport

@testable import GradCAM

@Suite("Limits told of a map")
struct LimitTests {
  /// Notes on a chart of the shipped model under a preset.
  private func notes(_ preset: Preset) throws -> [String] {
    let folder = Fixtures.path("../../Models/candlesticks")
    let model = try Model(contentsOf: folder + "/candlesticks.onnx")
    let photo = try Image(contentsOf: folder + "/samples/chart-1.jpg")
    let options = ExplanationOptions(preset: preset, evidence: .for)
    return try Explainer(model).explanations(
      of: photo, for: [.predicted], at: model.layers(for: .gradCAM), options: options)[0].notes
  }

  @Test("A grid is as coarse under a preset that enlarges the map", arguments: Preset.all)
  func coarse(_ preset: Preset) throws {
    let notes = try notes(preset).filter(Explanation.isAboutLayer)
    #expect(notes.count == 1)
    #expect(try notes == self.notes(.paper).filter(Explanation.isAboutLayer))
  }
}
