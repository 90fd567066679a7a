import Testing

@testable import GradCAM

@Suite("Heatmaps")
struct HeatmapTests {
  private let map = RawMap(width: 2, height: 2, values: [-2, 0, 1, 4])
  private let view = PhotoView(of: ImageSize(width: 4, height: 4))

  @Test(
    "A signed map is split into evidence for and against, or shown on one scale",
    arguments: [
      (Evidence.for, [0, 0, 0.25, 1]), (.against, [1, 0, 0, 0]), (.both, [-0.5, 0, 0.25, 1]),
    ])
  func evidence(evidence: Evidence, expected: [Float]) {
    let heatmap = Heatmap(map, showing: evidence, view: view)
    for (value, wanted) in zip(heatmap.values, expected) { #expect(abs(value - wanted) < 1e-6) }
    #expect(!heatmap.isEmpty)
  }

  @Test("A map without evidence of the kind asked for is empty and has no peak")
  func empty() {
    let negative = RawMap(width: 2, height: 1, values: [-1, -2])
    let heatmap = Heatmap(negative, showing: .for, view: view)
    #expect(heatmap.isEmpty)
    #expect(heatmap.peak == nil)
    #expect(heatmap.values == [0, 0])
  }

  @Test("Values between cells lie on straight lines, and edges are held")
  func upsampling() {
    let heatmap = Heatmap(
      width: 2, height: 1, values: [0, 1], evidence: .for,
      view: PhotoView(of: ImageSize(width: 4, height: 1)))
    #expect(heatmap.values(width: 4, height: 1) == [0, 0.25, 0.75, 1])
  }

  @Test("After a crop the map lies on the part that the model saw")
  func crop() throws {
    let photo = Image(
      width: 40, height: 20, filledWith: Image.Color(red: 10, green: 20, blue: 30))
    var preprocessing = Preprocessing.imageNet
    preprocessing.geometry = .crop
    let model = try ToyModels.handComputed()
    let prepared = preprocessing.applied(to: photo, for: model.input)
    // Four pixels of a shorter side of five: 16 of the photo's 20 rows, in the middle.
    #expect(prepared.view.height == 16)
    #expect(abs(prepared.view.y - 2) <= 2)
    let heatmap = Heatmap(
      width: 1, height: 2, values: [0, 1], evidence: .for, view: prepared.view)
    let place = prepared.view.rounded
    let overlay = heatmap.overlaid(on: photo, colormap: .turbo, opacity: 1)
    #expect(overlay[x: 0, y: 0] == photo[x: 0, y: 0])
    #expect(overlay[x: 39, y: 19] == photo[x: 39, y: 19])
    let bottom = place.y + place.height - 1
    #expect(overlay[x: 20, y: bottom] == Colormap.turbo.color(of: 1))
    #expect(overlay[x: 20, y: place.y] == Colormap.turbo.color(of: 0))
    let peak = try #require(heatmap.peak)
    #expect((place.y + place.height / 2..<place.y + place.height).contains(peak.y))
    let values = heatmap.valuesOnPhoto
    #expect(values.count == 800)
    #expect(values[0] == 0 && values[bottom * 40 + 20] == 1)
  }

  @Test("Squashing shows the model the whole photo")
  func squash() throws {
    let photo = Image(width: 40, height: 20, filledWith: Image.Color(red: 1, green: 2, blue: 3))
    let prepared = Preprocessing.unit.applied(to: photo, for: try ToyModels.handComputed().input)
    #expect(prepared.view.coversPhoto)
    #expect(prepared.values.count == 16)
  }
}
