import Testing

@testable import GradCAM

@Suite("Variations of a photo")
struct VariationTests {
  private func map(_ values: [Float], _ width: Int, _ height: Int) -> RawMap {
    RawMap(width: width, height: height, values: values)
  }

  @Test("A mirrored and moved photo has the numbers where one expects them")
  func applied() throws {
    let input = try ToyModels.handComputed().input
    let (width, height) = (input.size.width, input.size.height)
    let values = (0..<input.channels * width * height).map { Float($0) }
    let variation = Variation(isMirrored: true, factor: 2, right: 1, down: -1)
    let found = variation.applied(to: values, of: input)
    for row in 0..<height {
      for column in 0..<width {
        let (y, x) = (min(row + 1, height - 1), width - 1 - max(column - 1, 0))
        #expect(found[row * width + column] == 2 * values[y * width + x])
      }
    }
  }

  @Test("A map of a mirrored photo is mirrored back")
  func mirrored() {
    let back = Variation(isMirrored: true).undone(
      map([1, 2, 3, 4], 2, 2), dividing: 1, cell: (8, 8))
    #expect(back.values == [2, 1, 4, 3])
  }

  @Test("Moves by parts of a cell lie around the photo's place, and cover it evenly")
  func shifts() {
    let moves = Variation.shifts(4, cell: (width: 32, height: 16))
    #expect(moves.count == 16)
    #expect(Set(moves.map(\.right)) == [-12, -4, 4, 12])
    #expect(Set(moves.map(\.down)) == [-6, -2, 2, 6])
    #expect(Variation.shifts(1, cell: (32, 32)) == [.none])
  }

  @Test("A map that follows the photo comes out at its own place, finer")
  func divided() {
    // A ramp that a layer of cells of 4 pixels sees: the mean over each cell of the moved photo.
    let (cells, size, count) = (6, 4, 4)
    func seen(_ moved: Int) -> [Float] {
      (0..<cells).map { cell in
        (0..<size).reduce(0) { $0 + Float(cell * size + $1 - moved) } / Float(size)
      }
    }
    let moves = Variation.shifts(count, cell: (4, 1)).filter { $0.down == 0 }
    var sum = [Float](repeating: 0, count: cells * count)
    for move in moves {
      let fine = move.undone(
        map(seen(move.right), cells, 1), dividing: count, cell: (Double(size), 1))
      #expect(fine.width == cells * count)
      for (index, value) in fine.values.prefix(cells * count).enumerated() { sum[index] += value }
    }
    let mean = sum.map { $0 / Float(moves.count) }
    // Away from the edges the ramp is there again, pixel by pixel.
    for pixel in size..<(cells - 1) * size {
      #expect(abs(mean[pixel] - Float(pixel)) <= 0.75, "pixel \(pixel): \(mean[pixel])")
    }
    #expect(zip(mean, mean.dropFirst()).allSatisfy { $0 <= $1 })
  }
}
