import ONNXFormat
import Testing
import _TestSupport

@testable import GradCAM

@Suite("Preprocessing")
struct PreprocessingTests {
  /// A model that takes one pixel in the layout given.
  private func onePixel(_ shape: [Int]) throws -> ModelInput {
    try ModelInput(
      of: ModelFile(
        proto: model(
          "y = Flatten(x)", inputs: [ToyModels.value("x", shape)],
          outputs: [ToyModels.value("y", [-1, -1])])), assuming: nil)
  }

  private let pixel = Image(
    width: 1, height: 1, filledWith: Image.Color(red: 255, green: 51, blue: 0))

  /// What each preset makes of the pixel, worked out by hand.
  private static let presetRows: [(name: String, expected: [Float])] = [
    ("imagenet", [2.2489083, -1.1428571, -1.8044444]),
    ("imagenet-squash", [2.2489083, -1.1428571, -1.8044444]),
    ("tf", [1, -0.6, -1]),
    ("unit", [1, 0.2, 0]),
    ("raw", [255, 51, 0]),
    ("caffe", [-103.939, -65.779, 131.32]),
  ]

  @Test("Each preset gives the numbers its framework gives", arguments: presetRows)
  func presets(name: String, expected: [Float]) throws {
    let preset = try #require(Preprocessing.preset(name))
    let values = preset.applied(to: pixel, for: try onePixel([-1, 3, 1, 1])).values
    for (value, wanted) in zip(values, expected) {
      #expect(abs(value - wanted) <= 1e-6 * max(1, abs(wanted)))
    }
    #expect(values.count == 3)
  }

  @Test("Channels last are laid pixel by pixel, channels first plane by plane")
  func layouts() throws {
    let two = Image(width: 2, height: 1, pixels: [1, 2, 3, 4, 5, 6])
    let first = try onePixel([-1, 3, 1, 2])
    let last = try onePixel([-1, 8, 8, 3])
    #expect(first.layout == .nchw)
    #expect(last.layout == .nhwc)
    #expect(Preprocessing.raw.applied(to: two, for: first).values == [1, 4, 2, 5, 3, 6])
    let wide = try onePixel([-1, 1, 2, 3])
    #expect(wide.layout == .nchw, "a side of one to four before the last counts as channels")
  }

  @Test("A gray model takes the photo's luma")
  func gray() throws {
    let values = Preprocessing.raw.applied(to: pixel, for: try onePixel([-1, 1, 1, 1])).values
    #expect(values == [Float(pixel.gray[0])])
  }

  @Test("Numbers that do not fit the channels are refused")
  func refused() throws {
    var preprocessing = Preprocessing.imageNet
    preprocessing.mean = [0.5, 0.5]
    let input = try onePixel([-1, 3, 1, 1])
    let error = #expect(throws: DiagnosticError.self) { try preprocessing.check(for: input) }
    #expect(error?.message == "The mean has 2 values, but the model has 3 channels")
    preprocessing = .imageNet
    preprocessing.std = [0]
    #expect(throws: DiagnosticError.self) { try preprocessing.check(for: input) }
    #expect(throws: DiagnosticError.self) {
      try Preprocessing.imageNet.check(for: try onePixel([-1, 5, 8, 8]))
    }
  }
}
