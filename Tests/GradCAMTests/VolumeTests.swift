import Testing
import _TestSupport

@testable import GradCAM

@Suite("Volumes and bands")
struct VolumeTests {
  private func model(_ name: String) throws -> Model {
    try Model(contentsOf: Fixtures.path("Models/\(name).onnx"))
  }

  private func array(_ name: String) throws -> FloatTensor {
    try FloatTensor(contentsOf: Fixtures.path("Models/Volume/\(name).npy"))
  }

  private func expectClose(
    _ found: [Float], _ wanted: [Float], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let scale = wanted.reduce(0) { max($0, abs($1)) }
    let worst = zip(found, wanted).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
    #expect(found.count == wanted.count, sourceLocation: sourceLocation)
    #expect(worst <= 1e-5 * scale, "off by \(worst) of \(scale)", sourceLocation: sourceLocation)
  }

  @Test(
    "A volume's map and gradients are those of PyTorch",
    arguments: ["volume", "volume-channels-last"])
  func volume(_ name: String) throws {
    let model = try model(name)
    #expect(model.input.depth == 6 && model.input.size == ImageSize(width: 10, height: 8))
    #expect(model.input.channels == 1 && !model.input.takesPhotos)
    let layer = try #require(model.defaultLayer)
    #expect(layer.shape == [3, 3, 8, 5])
    let explainer = try Explainer(model)
    #expect(explainer.preprocessing == .raw)
    let raster = try #require(Raster(array("input"), for: model.input))
    #expect(raster.slices == 6)
    let why = try explainer.explanations(of: raster, for: [.class(1), .class(0)], at: [layer])[0]
    try expectClose(why.rawMap.values, array("map").values)
    try expectClose(why.logits, array("logits").values)
    #expect(why.rawMap.shape == [3, 8, 5])
    let gradient = try explainer.gradient(of: raster, for: .class(1), at: layer).gradient
    try expectClose(gradient.values, array("layer-gradient").values)
    let input = try explainer.gradient(of: raster, for: .class(1), at: model.layers[0]).gradient
    try expectClose(input.values, array("input-gradient").values)

    let heatmap = try #require(why.volume)
    #expect([heatmap.depth, heatmap.height, heatmap.width] == [3, 8, 5])
    #expect(heatmap.values.max().map { abs($0 - 1) < 1e-5 } == true)
    let slices = heatmap.slices(6)
    // Slice 2 of 6 lies at 2.5 / 2 − 0.5 = 0.75 of the layer's.
    let size = 40
    for place in 0..<size {
      let mixed = 0.25 * heatmap.values[place] + 0.75 * heatmap.values[size + place]
      #expect(abs(slices[2].values[place] - mixed) < 1e-6)
      #expect(slices[0].values[place] == heatmap.values[place])
    }
    #expect(heatmap.values(depth: 6, height: 8, width: 10).count == 480)
    let peak = try #require(heatmap.peak(ofSlices: 6))
    let best = try #require(heatmap.values.indices.max { heatmap.values[$0] < heatmap.values[$1] })
    #expect(peak.slice == best / size * 2 + 1 && peak.y == best / 5 % 8)
  }

  @Test("Several layers of a volume are fused slice by slice")
  func fusion() throws {
    let model = try model("volume")
    let layers = [try model.layer(named: "conv"), try model.layer(named: "feature")]
    let raster = try #require(Raster(array("input"), for: model.input))
    let why = try Explainer(model).explanations(
      of: raster, for: [.class(1)], at: layers, options: ExplanationOptions(fusion: .mean))[0]
    #expect(why.rawMaps.count == 2)
    #expect(why.volume?.values.count == 120)
  }

  @Test("A volume of another size is brought to the model's")
  func otherSize() throws {
    let model = try model("volume")
    let large = Raster(
      bands: 1, slices: 12, height: 16, width: 20,
      values: (0..<3840).map { Float($0 % 37) / 37 })
    let layer = try #require(model.defaultLayer)
    let why = try Explainer(model).explanations(of: large, at: [layer])[0]
    #expect(why.heatmap.view.photo == ImageSize(width: 20, height: 16))
    let small = large.resized(slices: 6, height: 8, width: 10)
    let same = try Explainer(model).explanations(of: small, at: [layer])[0]
    #expect(why.rawMap == same.rawMap)
  }

  @Test("Bands in any order of axes give the common map")
  func bands() throws {
    let model = try model("six-bands")
    #expect(model.input.channels == 6 && !model.input.takesPhotos)
    let layer = try #require(model.defaultLayer)
    let explainer = try Explainer(model)
    for (place, image) in try SharedArrays.images().enumerated() {
      let more = (0..<192).map { Float($0 % 29) - 11 }
      let planes = image.values + more
      let first = FloatTensor(shape: [6, 8, 8], values: planes)
      var turned: [Float] = []
      for place in 0..<64 {
        for band in 0..<6 { turned.append(planes[band * 64 + place]) }
      }
      let last = FloatTensor(shape: [8, 8, 6], values: turned)
      for tensor in [first, last] {
        let raster = try #require(Raster(tensor, for: model.input))
        let why = try explainer.explanations(of: raster, for: [.class(2)], at: [layer])[0]
        try SharedArrays.compare(why.rawMap.values, "map", place)
      }
      // Scale, means and deviations undone again by the preprocessing, a value a band.
      let mean = (0..<6).map { Float($0) }, std = (0..<6).map { 1 + Float($0) }
      var raw: [Float] = []
      for band in 0..<6 {
        for number in planes[band * 64..<(band + 1) * 64] {
          raw.append((number * std[band] + mean[band]) * 100)
        }
      }
      let numbers = Preprocessing(geometry: .squash, scale: 0.01, mean: mean, std: std)
      let why = try Explainer(model, preprocessing: numbers).explanations(
        of: Raster(bands: 6, height: 8, width: 8, values: raw), for: [.class(2)], at: [layer])[0]
      let wanted = try SharedArrays.values("map", place)
      let scale = wanted.reduce(0) { max($0, abs($1)) }
      #expect(zip(why.rawMap.values, wanted).allSatisfy { abs($0 - $1) < 1e-4 * scale })
    }
  }

  @Test("Bands and photos that do not fit are refused in words")
  func refused() throws {
    let photo = Image(width: 8, height: 8, pixels: [UInt8](repeating: 9, count: 192))
    for (name, words) in [("six-bands", "has 6 channels"), ("volume", "takes a volume")] {
      let error = #expect(throws: DiagnosticError.self) {
        try Explainer(self.model(name)).explanation(of: photo)
      }
      #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }
    let model = try model("six-bands")
    let layer = try #require(model.defaultLayer)
    for raster in [
      Raster(bands: 5, height: 8, width: 8, values: Array(repeating: 0, count: 320)),
      Raster(bands: 6, slices: 2, height: 8, width: 8, values: Array(repeating: 0, count: 768)),
      Raster(bands: 6, height: 8, width: 8, values: Array(repeating: .nan, count: 384)),
    ] {
      #expect(throws: DiagnosticError.self) {
        try Explainer(model).explanations(of: raster, at: [layer])
      }
    }
    #expect(
      Raster(
        FloatTensor(shape: [5, 8, 8], values: .init(repeating: 0, count: 320)), for: model.input)
        == nil)
  }

  @Test("A gray model sees a photo's luma")
  func gray() throws {
    let photo = Image(width: 8, height: 8, pixels: (0..<192).map { UInt8($0) })
    let numbers = Preprocessing(geometry: .squash)
    let gray = try Explainer(model("gray"), preprocessing: numbers).explanation(of: photo)
    let luma = Image(
      width: 8, height: 8, pixels: photo.gray.flatMap { [$0, $0, $0] })
    let plain = try Explainer(model("plain"), preprocessing: numbers).explanation(of: luma)
    #expect(zip(gray.logits, plain.logits).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  @Test("A photo is explained in its own size, rounded to the model's steps")
  func ownSize() throws {
    let explainer = try Explainer(model("open-size"))
    #expect(explainer.model.coarsestStep == 4)
    let fitted = try explainer.fitted(to: ImageSize(width: 31, height: 17))
    #expect(fitted.model.input.size == ImageSize(width: 32, height: 16))
    let photo = Image(width: 31, height: 17, pixels: (0..<1581).map { UInt8($0 % 251) })
    let why = try fitted.explanation(of: photo)
    #expect(why.rawMap.shape == [4, 8])
    #expect(why.heatmap.view.coversPhoto)
    #expect(throws: DiagnosticError.self) {
      try Explainer(model("plain")).fitted(to: ImageSize(width: 31, height: 17))
    }
  }
}
