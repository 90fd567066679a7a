import Testing
import _TestSupport

@testable import GradCAM

@Suite("Outputs that are no list of classes")
struct OutputTests {
  private func model(_ name: String, output: String? = nil) throws -> Model {
    try Model(contentsOf: Fixtures.path("Models/\(name).onnx"), output: output)
  }

  @Test(
    "A single number is its own target, by number or by name",
    arguments: [
      ("regression", OutputKind.value), ("regression-without-axis", .value), ("one-logit", .labels),
    ])
  func single(_ name: String, _ kind: OutputKind) throws {
    let model = try model(name)
    #expect(model.outputKind == kind && model.classCount == 1)
    let explainer = try Explainer(model)
    let layer = try #require(model.defaultLayer)
    for (place, image) in try SharedArrays.images().enumerated() {
      let all = try explainer.explanations(
        of: image, for: [.predicted, .class(0), .label(model.outputName)], at: [layer])
      for why in all {
        try SharedArrays.compare(why.rawMap.values, "map", place)
        #expect(abs(why.logit - (try SharedArrays.values("logits", place)[2])) < 1e-5)
        #expect(why.label == model.outputName)
        let probability = 1 / (1 + exponential(-why.logit))
        #expect(why.probability == (kind == .value ? nil : probability))
      }
      let against = try explainer.explanations(
        of: image, for: [.class(0)], at: [layer], showing: .against)[0]
      let lowest = try #require(all[0].rawMap.values.min())
      #expect(
        zip(against.heatmap.values, all[0].rawMap.values).allSatisfy {
          abs($0 - max(-$1, 0) / -lowest) < 1e-4
        })
    }
  }

  @Test("One of several positions is chosen")
  func positions() throws {
    let model = try model("sequence")
    #expect(model.outputKind == .positions(3) && model.classCount == 5)
    let explainer = try Explainer(model)
    let layer = try #require(model.defaultLayer)
    let image = try SharedArrays.images()[0]
    let targets = [Target.class(2).at(.position(1)), Target.class(2).at(.position(0))]
    let why = try explainer.explanations(of: image, for: targets, at: [layer])
    try SharedArrays.compare(why[0].rawMap.values, "map", 0)
    try SharedArrays.compare(why[1].rawMap.values.map { 2 * $0 }, "map", 0)
    try SharedArrays.compare(why[0].logits, "logits", 0)
    #expect(why.map(\.places) == [.position(1), .position(0)])
    #expect(abs(why[0].probabilities.reduce(0, +) - 1) < 1e-5)
    for places: TargetPlaces in [.all, .position(3), .position(-1)] {
      #expect(throws: DiagnosticError.self) {
        try explainer.explanations(of: image, for: [.predicted.at(places)], at: [layer])
      }
    }
  }

  /// A segmentation whose sum over all 64 pixels is 64 times the common logit.
  static let segmentations = [
    "segmentation", "segmentation-softmax", "segmentation-channels-last", "segmentation-argmax",
  ]

  @Test("A class's logit is summed over the pixels that count", arguments: segmentations)
  func pixels(_ name: String) throws {
    let model = try model(name)
    #expect(model.outputKind == .pixels(ImageSize(width: 8, height: 8)))
    #expect(model.classCount == 5)
    #expect(model.layers.allSatisfy { !$0.valueName.hasPrefix("gradcam") })
    let layer = try #require(model.defaultLayer)
    #expect(layer.valueName == "feature")
    let explainer = try Explainer(model)
    for (place, image) in try SharedArrays.images().enumerated() {
      let region = TargetPlaces.region(PixelRectangle(x: 2, y: 4, width: 4, height: 3))
      let target = Target.class(2)
      let why = try explainer.explanations(
        of: image, for: [target, target.at(.won), target.at(region)], at: [layer])
      // The head is linear: w_k = head_k · pixels / 64, where the common one has head_k / 64.
      let share = try #require(why[1].share)
      for (explanation, count) in zip(why, [64, (64 * share).rounded(), 12]) {
        try SharedArrays.compare(explanation.rawMap.values.map { $0 / count }, "map", place)
        #expect(explanation.probability == nil)
      }
      #expect(why[0].shares.count == 5)
      #expect(abs(why[0].shares.reduce(0, +) - 1) < 1e-5)
      let predicted = try explainer.explanations(of: image, for: [.predicted], at: [layer])[0]
      #expect(predicted.shares.max() == predicted.share)
      let gradient = try explainer.gradient(of: image, for: target.at(region), at: layer).gradient
      let whole = try SharedArrays.values("layer-gradient", place)
      for (index, (found, all)) in zip(gradient.values, whole).enumerated() {
        let (x, y) = (index % 8, index / 8 % 8)
        let isIn = (2..<6).contains(x) && (4..<7).contains(y)
        #expect(abs(found - (isIn ? 64 * all : 0)) < 1e-5)
      }
    }
  }

  @Test("A mask has one number a pixel")
  func mask() throws {
    let model = try model("mask")
    #expect(model.outputKind == .pixels(ImageSize(width: 8, height: 8)) && model.classCount == 1)
    let explainer = try Explainer(model)
    let image = try SharedArrays.images()[0]
    let why = try explainer.explanations(
      of: image, at: [try model.layer(named: "feature")])[0]
    try SharedArrays.compare(why.rawMap.values.map { $0 / 64 }, "map", 0)
  }

  @Test("A region outside of what the model sees is refused, and pixels where there are none")
  func noPixels() throws {
    let image = try SharedArrays.images()[0]
    let outside = TargetPlaces.region(PixelRectangle(x: 20, y: 0, width: 4, height: 4))
    for (name, places) in [
      ("segmentation", outside), ("segmentation", .position(0)), ("plain", outside),
      ("plain", .position(0)), ("regression", .position(0)),
    ] {
      let model = try model(name)
      let layer = try #require(model.defaultLayer)
      #expect(throws: DiagnosticError.self) {
        try Explainer(model).explanations(of: image, for: [.class(0).at(places)], at: [layer])
      }
    }
  }

  @Test("Any value can be taken for the output")
  func anyValue() throws {
    let model = try model("detector", output: "pixels")
    #expect(model.outputKind == .pixels(ImageSize(width: 8, height: 8)))
    let layer = try #require(model.defaultLayer)
    let why = try Explainer(model).explanations(
      of: SharedArrays.images()[1], for: [.class(2)], at: [layer])[0]
    try SharedArrays.compare(why.rawMap.values.map { $0 / 64 }, "map", 1)
  }

  @Test("Bytes are fed as they are, and ImageNet's numbers are the model's own affair")
  func bytes() throws {
    let photo = Image(
      width: 8, height: 8, pixels: (0..<192).map { UInt8(truncatingIfNeeded: $0 * 41 + $0 / 7) })
    let bytes = try Explainer(model("bytes"))
    #expect(bytes.preprocessing == .raw)
    let plain = try Explainer(model("plain"), preprocessing: .imageNetSquash)
    let why = try (bytes.explanation(of: photo), plain.explanation(of: photo))
    #expect(why.0.classIndex == why.1.classIndex)
    #expect(zip(why.0.logits, why.1.logits).allSatisfy { abs($0 - $1) < 1e-5 })
    let scale = max(why.1.rawMap.maximum, -why.1.rawMap.minimum)
    #expect(
      zip(why.0.rawMap.values, why.1.rawMap.values).allSatisfy { abs($0 - $1) < 1e-5 * scale })
  }
}
