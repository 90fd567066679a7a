import Testing

@testable import GradCAM

@Suite("The pointing game")
struct PointingGameTests {
  /// A heatmap of 2 × 2 cells over a photo of 8 × 8 pixels.
  private func heatmap(_ values: [Float], photo: ImageSize = .init(width: 8, height: 8)) -> Heatmap
  {
    Heatmap(
      RawMap(width: 2, height: 2, values: values), showing: .for, view: PhotoView(of: photo))
  }

  private func box(
    _ left: Double, _ top: Double, _ right: Double, _ bottom: Double
  ) -> PointingGame.Box {
    PointingGame.Box(left: left, top: top, right: right, bottom: bottom)
  }

  @Test("The peak is a pixel of the upsampled map, the first of those equally high")
  func peak() throws {
    // The edges are held from the cells' centres at 2 and 6 on, so the corner is equally high.
    let upper = try #require(heatmap([1, 0, 0, 0]).peakPixel)
    #expect(upper.x == 0 && upper.y == 0)
    let lower = try #require(heatmap([0, 0, 0, 1]).peakPixel)
    #expect(lower.x == 6 && lower.y == 6)
    #expect(heatmap([0, 0, 0, 0]).peakPixel == nil)
  }

  @Test("A hit lies in one of the boxes, right and bottom excluded")
  func hits() {
    let game = PointingGame()
    let map = heatmap([0, 0, 0, 1])
    #expect(game.isHit(map, boxes: [box(0, 0, 1, 1), box(6, 6, 8, 8)]))
    #expect(game.isHit(map, boxes: [box(6.5, 6.5, 6.6, 6.6)]))
    #expect(!game.isHit(map, boxes: [box(0, 0, 6.5, 6.5)]))
    #expect(!game.isHit(map, boxes: []))
    #expect(!game.isHit(heatmap([0, 0, 0, 0]), boxes: [box(0, 0, 8, 8)]))
  }

  @Test("A tolerance of so many pixels widens every box")
  func tolerance() {
    let map = heatmap([0, 0, 0, 1])
    #expect(!PointingGame(tolerance: 3).isHit(map, boxes: [box(0, 0, 3, 3)]))
    #expect(PointingGame(tolerance: 4).isHit(map, boxes: [box(0, 0, 3, 3)]))
  }

  @Test("The middle of a photo is the pixel right below its middle point")
  func center() {
    let game = PointingGame()
    let photo = ImageSize(width: 8, height: 8)
    #expect(game.isHitByCenter(of: photo, boxes: [box(4, 4, 5, 5)]))
    #expect(!game.isHitByCenter(of: photo, boxes: [box(0, 0, 4, 4)]))
  }

  @Test("Wilson's interval holds the published values")
  func interval() throws {
    // Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    let rows: [(Int, Int, Double, Double)] = [
      (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611),
      (1, 29, 0.0061, 0.1718),
    ]
    for (hits, tries, low, high) in rows {
      let interval = try #require(Proportion(hits: hits, tries: tries).interval)
      #expect(abs(interval.lowerBound - low) < 5e-5)
      #expect(abs(interval.upperBound - high) < 5e-5)
    }
    #expect(Proportion().interval == nil)
    #expect(Proportion().rate == nil)
  }
}
