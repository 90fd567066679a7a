#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Histograms of oriented gradients: in which directions a map rises, cell by cell.
///
/// Dalal and Triggs, "Histograms of Oriented Gradients for Human Detection", CVPR 2005: gradients by
/// central differences, 9 directions of 20° whose sign does not count, blocks of 3 × 3 cells
/// normalised to length 1, cut at 0.2 and normalised anew.
enum OrientedGradients {
  private static let directions = 9
  private static let cell = 16
  private static let block = 3

  /// The histograms of all blocks, one after another.
  static func histogram(of values: [Double], width: Int) -> [Double] {
    guard width > 0 else { return [] }
    let height = values.count / width
    let (rows, columns) = (max(1, height / cell), max(1, width / cell))
    var cells = [Double](repeating: 0, count: rows * columns * directions)
    for y in 0..<min(height, rows * cell) {
      for x in 0..<min(width, columns * cell) {
        // At the edges there is no gradient across them.
        let dx = x > 0 && x + 1 < width ? values[y * width + x + 1] - values[y * width + x - 1] : 0
        let dy =
          y > 0 && y + 1 < height ? values[(y + 1) * width + x] - values[(y - 1) * width + x] : 0
        let size = (dx * dx + dy * dy).squareRoot()
        guard size > 0 else { continue }
        var angle = atan2(dy, dx) / .pi
        if angle < 0 { angle += 1 }
        let direction = min(Int(angle * Double(directions)), directions - 1)
        let place = min(y / cell, rows - 1) * columns + min(x / cell, columns - 1)
        cells[place * directions + direction] += size
      }
    }
    let (high, wide) = (min(block, rows), min(block, columns))
    var result: [Double] = []
    for top in 0...rows - high {
      for left in 0...columns - wide {
        var part: [Double] = []
        for row in top..<top + high {
          let start = (row * columns + left) * directions
          part += cells[start..<start + wide * directions]
        }
        result += normalized(normalized(part).map { min($0, 0.2) })
      }
    }
    return result
  }

  /// v / √(Σ v² + ε²)
  private static func normalized(_ values: [Double]) -> [Double] {
    let length = (values.reduce(0) { $0 + $1 * $1 } + 1e-10).squareRoot()
    return values.map { $0 / length }
  }
}
