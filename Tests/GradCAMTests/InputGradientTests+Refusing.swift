import ONNXFormat
import Testing
import _TestSupport

@testable import GradCAM

// MARK: - Refused

extension InputGradientTests {
  @Test("What a method cannot do is refused with the reason")
  func refusals() throws {
    let plain = try model("plain")
    let image = try SharedArrays.images()[0]
    func message(_ body: () throws -> Void) -> String {
      do {
        try body()
        return ""
      } catch {
        return "\(error)"
      }
    }
    #expect(
      message { _ = try plain.layers(named: ["feature"], for: .gradient) }.hasPrefix(
        "Method 'gradient' has no layer, but 'feature_Relu' is given"))
    #expect(try plain.layers(named: ["input"], for: .gradient).map(\.name) == ["input"])
    #expect(try plain.layers(for: .guidedGradCAM) == [plain.layer(named: nil)])
    for method in Self.methods where !method.isSigned {
      let text = message {
        _ = try explanations(plain, image, method, for: [.class(0)], evidence: .against)
      }
      #expect(text.hasPrefix("Method '\(method.name)' shows how much each place matters"))
    }
    for method in Self.methods where method.isSigned {
      let why = try explanations(plain, image, method, for: [.class(0)], evidence: .both)[0]
      #expect(why.heatmap.values.contains { $0 < 0 })
    }
    let bytes = try model("bytes")
    for method in Self.methods {
      let input = FloatTensor(shape: [8, 8, 3], values: (0..<192).map { Float($0) })
      let text = message { _ = try explanations(bytes, input, method, for: [.class(0)]) }
      #expect(text.contains("takes uint8"))
    }
    let explainer = try Explainer(plain, preprocessing: .raw)
    #expect(
      message {
        _ = try explainer.explanations(
          of: image, at: [plain.layer(named: nil), plain.layer(named: "input")], fusedBy: .mean,
          using: .guidedGradCAM)
      }.hasPrefix("Method 'guided-gradcam' takes one layer, but 2 are given"))
    #expect(
      message { _ = try explainer.ranking(of: image, using: .smoothGrad) }.hasPrefix(
        "Layers cannot be compared by method 'smoothgrad'"))
  }

  @Test("A few large pixels do not hide the others, and the peak stays where it was")
  func clipping() {
    var values = (0..<1000).map { Float($0 % 10) / 10 }
    (values[345], values[7]) = (100, 50)
    let map = RawMap(width: 50, height: 20, values: values)
    let view = PhotoView(of: ImageSize(width: 500, height: 200))
    let plain = Heatmap(map, showing: .for, view: view)
    let clipped = plain.clippingOutliers
    #expect(plain.values.sorted()[900] < 0.01 && plain.clippedShare == 0)
    #expect(clipped.values.sorted()[900] > 0.9 && abs(clipped.clippedShare - 0.002) < 1e-9)
    #expect(clipped.peak.map { [$0.x, $0.y] } == plain.peak.map { [$0.x, $0.y] })
    #expect(clipped.peak.map { [$0.x, $0.y] } == [455, 65])
    // Nothing but a few pixels: they are scaled by the largest.
    let sparse = RawMap(width: 50, height: 20, values: values.map { $0 > 1 ? $0 : 0 })
    let few = Heatmap(sparse, showing: .for, view: view)
    #expect(few.clippingOutliers.values.max() == 1)
    #expect(zip(few.clippingOutliers.values, few.values).allSatisfy { abs($0 - $1) < 1e-6 })
  }
}
