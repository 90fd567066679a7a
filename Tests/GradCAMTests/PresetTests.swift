import Testing
import _TestSupport

@testable import GradCAM

@Suite("Presets")
struct PresetTests {
  private static let view = PhotoView(of: ImageSize(width: 8, height: 4))
  private static let maps = [
    RawMap(width: 2, height: 1, values: [-1, 3]),
    RawMap(width: 4, height: 2, values: [1, 1, 1, 1, 2, 1, 1, 1]),
  ]

  private static func heatmap(_ maps: [RawMap], _ preset: Preset) -> Heatmap {
    .fused(
      maps, by: preset.fusion, showing: preset.evidence, following: preset,
      of: ImageSize(width: 8, height: 4), view: view)
  }

  @Test("Every preset is found by its name")
  func names() {
    #expect(
      Preset.all.map(\.name) == ["paper", "pytorch-grad-cam", "captum", "torchcam"])
    for preset in Preset.all { #expect(Preset.named(preset.name) == preset) }
    #expect(Preset.named("papers") == nil)
  }

  @Test("captum keeps signs and enlarges cells as squares")
  func captum() {
    let heatmap = Self.heatmap([Self.maps[0]], .captum)
    let low: Float = -1 / 3
    #expect(heatmap.values == [low, 1])
    #expect(heatmap.values(width: 4, height: 2) == [low, low, 1, 1, low, low, 1, 1])
    #expect(heatmap.sampled(width: 4, height: 1) == [low, low, 1, 1])
  }

  @Test("pytorch-grad-cam scales at the layer's resolution and again at the input's")
  func twice() {
    let heatmap = Self.heatmap([Self.maps[0]], .pytorchGradCAM)
    #expect([heatmap.width, heatmap.height] == [8, 4])
    #expect(heatmap.values.min() == 0)
    #expect(heatmap.values.max().map { abs($0 - 1) < 1e-6 } == true)
    let both = Self.heatmap(Self.maps, .pytorchGradCAM)
    #expect(both.values.max().map { abs($0 - 1) < 1e-6 } == true)
  }

  @Test("torchcam joins layers by their maximum and leaves it as it is")
  func maximum() {
    let heatmap = Self.heatmap(Self.maps, .torchcam)
    #expect([heatmap.width, heatmap.height] == [4, 2])
    let first = Heatmap(Self.maps[0], showing: .for, view: Self.view).values(width: 4, height: 2)
    let second = Heatmap(Self.maps[1], showing: .for, view: Self.view).values
    #expect(heatmap.values == zip(first, second).map { max($0, $1) })
    let mean = Self.heatmap(Self.maps, .paper)
    #expect(mean.values.min() == 0)
    #expect(mean.values.max().map { abs($0 - 1) < 1e-6 } == true)
  }

  @Test("RefineCAM looks at the last layer of each resolution, in the model's order")
  func layers() throws {
    let model = try Model(
      contentsOf: Fixtures.path("Networks/resnet18-dynamo/model.onnx"))
    let layers = try model.layers(for: .refineCAM)
    let sizes = layers.map { $0.height * $0.width }
    #expect(layers.count > 2 && sizes == sizes.sorted(by: >) && Set(sizes).count == sizes.count)
    #expect(layers.last == model.defaultLayer)
    #expect(layers.allSatisfy { $0.isOnEveryPath })
    let last = try model.layer(named: nil)
    #expect(try model.layers(for: .gradCAM) == [last])
  }

  @Test("A method that joins layers by itself has the joint map for each, and shows it once")
  func joined() throws {
    let (explainer, input) = try FixtureNetwork.load("Networks/resnet18-dynamo")
    let layers = try explainer.model.layers(for: .refineCAM)
    let why = try explainer.explanations(
      of: input, for: [.class(1)], at: layers, using: .refineCAM)[0]
    #expect(why.rawMaps.count == layers.count && Set(why.rawMaps).count == 1)
    #expect([why.heatmap.height, why.heatmap.width] == [layers[0].height, layers[0].width])
    #expect(why.heatmap == Heatmap(why.rawMap, showing: .for, view: why.heatmap.view))
  }
}
