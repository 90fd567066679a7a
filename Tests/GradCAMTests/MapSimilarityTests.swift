import Imaging
import Testing

@testable import GradCAM

@Suite("How alike two maps are")
struct MapSimilarityTests {
  private static let photo = ImageSize(width: 60, height: 40)

  private static func heatmap(
    _ values: [Float], width: Int, _ evidence: Evidence = .for
  ) -> Heatmap {
    Heatmap(
      width: width, height: values.count / width, values: values, evidence: evidence,
      view: PhotoView(of: photo))
  }

  @Test("A map equals itself in every measure")
  func same() {
    let map = Self.heatmap([0, 0.5, 1, 0.25, 0, 0.75], width: 3)
    let found = MapSimilarity(map, map)
    #expect(abs((found.pearson ?? 0) - 1) < 1e-12)
    #expect(abs((found.cosine ?? 0) - 1) < 1e-12)
    #expect(abs(found.ssim - 1) < 1e-12)
    #expect(found.largestDifference == 0)
  }

  @Test("Opposite maps correlate with −1, and have all of the scale between them")
  func opposite() {
    let map = Self.heatmap([0, 1], width: 2)
    let found = MapSimilarity(map, Self.heatmap([1, 0], width: 2))
    #expect(abs((found.pearson ?? 0) + 1) < 1e-6)
    #expect(found.ssim < 0)
    #expect(found.largestDifference == 1)
  }

  /// Sampled at 128 places, a ramp of four cells and one of eight differ by interpolation only.
  @Test("Maps of layers of other sizes can be compared")
  func sizes() {
    let coarse = Self.heatmap([0, 1 / 3, 2 / 3, 1], width: 4)
    let fine = Self.heatmap((0..<8).map { Float($0) / 7 }, width: 8)
    #expect((MapSimilarity(coarse, fine).pearson ?? 0) > 0.99)
  }

  /// [1, 0] and [1, 1] on a grid: the first falls from 1 to 0 in the middle half, so Σ a = 64 of
  /// 128 and Σ a² = 32 + 64/3 approximately.
  @Test("The cosine is that of the sampled values")
  func cosine() throws {
    let found = MapSimilarity(Self.heatmap([1, 0], width: 2), Self.heatmap([1, 1], width: 2))
    let expected = 64 / ((32.0 + 64 / 3).squareRoot() * 128.0.squareRoot())
    #expect(abs(try #require(found.cosine) - expected) < 1e-3)
    #expect(found.pearson == nil)
  }

  @Test("An empty map has no angle to another")
  func empty() {
    let found = MapSimilarity(
      Self.heatmap([0, 0], width: 2), Self.heatmap([0, 1], width: 2))
    #expect(found.pearson == nil)
    #expect(found.cosine == nil)
  }

  @Test("What the model did not see is zero")
  func outside() {
    let view = PhotoView(
      of: Self.photo, scaledTo: (width: 60, height: 40),
      cut: PixelRectangle(x: 30, y: 0, width: 30, height: 40))
    let map = Heatmap(width: 1, height: 1, values: [1], evidence: .for, view: view)
    #expect(map.sampled(width: 6, height: 2) == [0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1])
  }

  @Test("The difference is red where the other map has more, blue where it has less")
  func difference() {
    let photo = Image(
      width: 60, height: 40, filledWith: Image.Color(red: 128, green: 128, blue: 128))
    let difference = Self.heatmap([1, 0], width: 2).difference(
      to: Self.heatmap([0, 1], width: 2))
    #expect(difference.evidence == .both)
    #expect(difference.values.min() == -1 && difference.values.max() == 1)
    let picture = difference.overlaid(on: photo)
    let (left, right) = (3 * (20 * 60 + 2), 3 * (20 * 60 + 57))
    #expect(picture.pixels[left] < picture.pixels[left + 2])
    #expect(picture.pixels[right] > picture.pixels[right + 2])
  }
}
