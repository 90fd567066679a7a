import Testing
import _TestSupport

@testable import GradCAM

@Suite("Pixels filled in by their neighbours")
struct LinearImputationTests {
  @Test("A hidden pixel becomes the weighted mean of those around it")
  func single() {
    let row = LinearImputation(hidden: [false, true, false], width: 3)
    #expect(row.filled([0, 9, 1]) == [0, 0.5, 1])
    // Four sides of weight 1/6 and four corners of 1/12 add up to 1.
    var hidden = [Bool](repeating: false, count: 9)
    hidden[4] = true
    let found = LinearImputation(hidden: hidden, width: 3).filled([12, 6, 0, 6, 99, 0, 0, 0, 0])
    #expect(abs(found[4] - 3) < 1e-9)
  }

  @Test("A run of hidden pixels becomes a straight line")
  func line() {
    let hidden = (0..<9).map { $0 != 0 && $0 != 8 }
    let column = LinearImputation(hidden: hidden, width: 1)
    let found = column.filled((0..<9).map { $0 == 8 ? 1 : 0 })
    for (place, value) in found.enumerated() { #expect(abs(value - Double(place) / 8) < 1e-8) }
  }

  @Test("Nothing hidden changes nothing; where nothing is known it is zero")
  func ends() {
    #expect(LinearImputation(hidden: [false, false], width: 2).filled([3, 4]) == [3, 4])
    #expect(LinearImputation(hidden: [true, true], width: 2).filled([3, 4]) == [0, 0])
  }

  @Test(
    "Every hidden pixel is the mean of its neighbours, whatever is hidden",
    arguments: [(5, 3, 2), (16, 16, 3), (31, 33, 10), (64, 48, 50), (96, 96, 4000)])
  func balance(width: Int, height: Int, everyNth: Int) {
    var draws = SeededDraws(seed: 3)
    let count = width * height
    // One in so many pixels is known, besides the last.
    let hidden = (0..<count).map { $0 + 1 < count && draws.place(below: everyNth) > 0 }
    let picture = (0..<count).map { _ in draws.uniform() }
    let found = LinearImputation(hidden: hidden, width: width).filled(picture)
    var worst = 0.0
    for place in 0..<count where hidden[place] {
      let (row, column) = (place / width, place % width)
      var (sum, weights) = (0.0, 0.0)
      for y in max(row - 1, 0)...min(row + 1, height - 1) {
        for x in max(column - 1, 0)...min(column + 1, width - 1) where (y, x) != (row, column) {
          let weight = y == row || x == column ? 1 / 6.0 : 1 / 12.0
          sum += weight * found[y * width + x]
          weights += weight
        }
      }
      worst = max(worst, abs(found[place] - sum / weights))
    }
    #expect(worst < 1e-6, "\(worst)")
    for place in 0..<count where !hidden[place] { #expect(found[place] == picture[place]) }
  }
}
