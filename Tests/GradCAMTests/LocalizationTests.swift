import Testing

@testable import GradCAM

@Suite("Metrics of where the class is")
struct LocalizationTests {
  /// A map with a value for each of 6 × 4 pixels.
  private let map = Heatmap(
    width: 6, height: 4,
    values: [
      0.0, 0.2, 0.0, 0.0, 0.0, 0.0,
      0.2, 1.0, 0.6, 0.0, 0.0, 0.0,
      0.0, 0.0, 0.0, 0.1, 0.0, 0.0,
      0.0, 0.0, 0.0, 0.0, 0.9, 0.0,
    ], evidence: .for, view: PhotoView(of: ImageSize(width: 6, height: 4)))

  private func box(
    _ left: Double, _ top: Double, _ right: Double, _ bottom: Double
  ) -> PointingGame.Box {
    PointingGame.Box(left: left, top: top, right: right, bottom: bottom)
  }

  private func value(_ metric: Metric, _ truth: GroundTruth) throws -> Double? {
    let explainer = try Explainer(MetricModels.sum(), preprocessing: .raw)
    let input = FloatTensor(shape: [1, 2, 2], values: [1, 1, 1, 1])
    return try explainer.scores(
      of: map, for: .class(0), input: input, metrics: [metric], truth: truth)[0].value
  }

  @Test("The box rule takes the largest connected part at 15 % of the maximum")
  func boxRule() throws {
    #expect(map.box() == box(0, 0, 3, 2))
    // At a tenth of it the corner joins the rest.
    #expect(map.box(atLeast: 0.1) == box(0, 0, 5, 4))
    // 6 of 6 + 6 − 6 pixels, 2 of 6 + 4 − 2, nothing.
    #expect(try value(.iou, GroundTruth(boxes: [box(0, 0, 3, 2)])) == 1)
    #expect(try value(.iou, GroundTruth(boxes: [box(5, 0, 6, 1), box(2, 0, 4, 2)])) == 0.25)
    #expect(try value(.iou, GroundTruth(boxes: [box(4, 2, 6, 4)])) == 0)
    #expect(try value(.localizationError, GroundTruth(boxes: [box(0, 0, 3, 3)])) == 0)
    #expect(try value(.localizationError, GroundTruth(boxes: [box(2, 0, 4, 2)])) == 1)
  }

  @Test("Energy is the share of the evidence in the boxes or the mask")
  func energy() throws {
    let inside = try #require(try value(.energyPointingGame, GroundTruth(boxes: [box(0, 0, 3, 2)])))
    #expect(abs(inside - 2.0 / 3) < 1e-6)
    var pixels = [Bool](repeating: false, count: 24)
    (pixels[7], pixels[22]) = (true, true)
    let mask = PixelMask(size: ImageSize(width: 6, height: 4), pixels: pixels)
    let onMask = try #require(try value(.energyPointingGame, GroundTruth(mask: mask)))
    #expect(abs(onMask - 1.9 / 3) < 1e-6)
    #expect(map.share(in: mask.inverted).map { abs($0 - 1.1 / 3) < 1e-6 } == true)
  }

  @Test("Pixels are compared at half of the maximum")
  func pixels() throws {
    // 1, 0.6 and 0.9 are in: 2 of 3 + 4 − 2.
    #expect(try value(.maskIoU, GroundTruth(boxes: [box(1, 1, 3, 3)])) == 0.4)
  }

  @Test("The peak hits a box, with a tolerance near it too, and a mask where it is")
  func pointing() throws {
    var near = Metric.pointingGame
    near.parameters.tolerance = 1
    let truth = GroundTruth(boxes: [box(2, 1, 3, 2)])
    #expect(try value(.pointingGame, truth) == 0)
    #expect(try value(near, truth) == 1)
    let all = PixelMask(size: ImageSize(width: 6, height: 4), boxes: [box(0, 0, 6, 4)])
    #expect(try value(.pointingGame, GroundTruth(mask: all)) == 1)
    #expect(all.share == 1 && all.inverted.bounds == nil)
  }

  @Test("The centre alone wins where the middle pixel is the class's")
  func center() {
    let photo = ImageSize(width: 6, height: 4)
    #expect(GroundTruth(boxes: [box(3, 2, 4, 3)]).containsCenter(of: photo))
    #expect(!GroundTruth(boxes: [box(0, 0, 3, 2)]).containsCenter(of: photo))
  }

  @Test("A mask of another size than the photo is refused")
  func otherSize() throws {
    let mask = PixelMask(size: ImageSize(width: 2, height: 2), boxes: [box(0, 0, 1, 1)])
    #expect(throws: DiagnosticError.self) { try value(.iou, GroundTruth(mask: mask)) }
  }

  @Test("Pixels belong to a box by their middles, within the photo")
  func rasterized() {
    let size = ImageSize(width: 4, height: 2)
    let mask = PixelMask(size: size, boxes: [box(0.6, -5, 2.5, 0.75), box(3, 1, 99, 99)])
    #expect(
      mask.pixels == [false, true, false, false, false, false, false, true])
    // The lower edge is excluded, also where it is a pixel's middle.
    #expect(PixelMask(size: size, boxes: [box(0, 0, 4, 0.5)]).count == 0)
  }

  @Test("Of parts equally large the first counts; corners connect")
  func parts() {
    let size = ImageSize(width: 4, height: 3)
    let mask = PixelMask(
      size: size, boxes: [box(0, 0, 1, 1), box(1, 1, 2, 2), box(3, 0, 4, 2)])
    #expect(mask.largestPart?.bounds == box(0, 0, 2, 2))
    #expect(PixelMask(size: size, boxes: []).largestPart == nil)
  }
}
