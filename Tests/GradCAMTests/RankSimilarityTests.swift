import Testing

@testable import GradCAM

@Suite("Ranks and oriented gradients")
struct RankSimilarityTests {
  @Test("Values alike share their mean rank")
  func ranks() {
    #expect(MapStatistics.ranks([3, 1, 3, 2]) == [3.5, 1, 3.5, 2])
    #expect(MapStatistics.ranks([5, 5, 5]) == [2, 2, 2])
    #expect(MapStatistics.ranks([]).isEmpty)
  }

  @Test("A vertical edge turned becomes a horizontal one, in the direction that its gradient has")
  func directions() {
    let side = 48
    let across = (0..<side * side).map { Double($0 % side) }
    let down = (0..<side * side).map { Double($0 / side) }
    let (a, b) = (
      OrientedGradients.histogram(of: across, width: side),
      OrientedGradients.histogram(of: down, width: side)
    )
    // One block of 3 × 3 cells of 9 directions, all of one of them: each cell 1/√9, cut at 0.2,
    // which makes no difference between equal ones.
    #expect(a.count == 81 && b.count == 81)
    for cell in 0..<9 {
      for direction in 0..<9 {
        #expect(abs(a[cell * 9 + direction] - (direction == 0 ? 1.0 / 3 : 0)) < 0.02)
        #expect(abs(b[cell * 9 + direction] - (direction == 4 ? 1.0 / 3 : 0)) < 0.02)
      }
    }
  }

  @Test("Maps that order places alike have rank correlation 1, though they are not proportional")
  func monotone() {
    let view = PhotoView(of: ImageSize(width: 64, height: 64))
    func map(_ values: [Float]) -> Heatmap {
      Heatmap(RawMap(width: 4, height: 4, values: values), showing: .for, view: view)
    }
    let values = (0..<16).map { Float($0 % 4) + 1 }
    let similarity = MapSimilarity(map(values), map(values))
    #expect(similarity.spearman.map { $0 > 0.999_999 } == true)
    #expect(similarity.hog.map { $0 > 0.999_999 } == true)
    let opposite = MapSimilarity(map(values), map(values.map { 5 - $0 }))
    #expect(opposite.spearman.map { $0 < -0.99 } == true)
    let even = MapSimilarity(map(values), map([Float](repeating: 0, count: 16)))
    #expect(even.spearman == nil && even.hog == nil)
  }
}
