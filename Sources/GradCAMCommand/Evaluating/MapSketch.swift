import GradCAM
import Imaging

/// A map over a whole photo on a grid of few cells, each in 8 bits.
struct MapSketch: Codable, Hashable, Sendable {
  /// Cells in a row, and rows.
  let width, height: Int
  /// 255 times the values, in hexadecimal.
  let cells: String

  /// Cells along the longer side.
  static let side = 28

  /// Samples a heatmap.
  init(_ heatmap: Heatmap) {
    let grid = heatmap.view.photo.scaled(longerSide: Self.side)
    (width, height) = (grid.width, grid.height)
    let digits = Array("0123456789abcdef")
    cells = String(
      heatmap.sampled(width: width, height: height).flatMap { value in
        let byte = Int((min(max(value, 0), 1) * 255).rounded())
        return [digits[byte >> 4], digits[byte & 15]]
      })
  }

  /// The values, row by row; none where the text is no sketch.
  var values: [Float] {
    let nibbles = cells.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
    guard nibbles.count == 2 * width * height else { return [] }
    return (0..<width * height).map {
      Float(nibbles[2 * $0] << 4 | nibbles[2 * $0 + 1]) / 255
    }
  }

  /// The photo with the map over it.
  func overlaid(on photo: Image) -> Image {
    let values = values
    guard !values.isEmpty else { return photo }
    let map = FloatMap.bilinearUpsampled(
      values, width: width, height: height, toWidth: photo.width, toHeight: photo.height)
    return photo.overlaid(with: map, colormap: .viridis, opacity: 0.5)
  }
}
