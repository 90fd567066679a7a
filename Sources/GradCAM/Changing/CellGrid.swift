/// A grid of cells over an image: so many along the shorter side, and along the longer what comes
/// nearest to squares.
struct CellGrid: Hashable, Sendable {
  let rows: Int
  let columns: Int
  /// The image's rows and columns.
  let height: Int
  let width: Int

  /// Lays a grid over an image; no cell is smaller than a pixel.
  init(_ cells: Int, over size: ImageSize) {
    let shorter = min(size.height, size.width)
    let cells = max(1, min(cells, shorter))
    let count = { (side: Int) in (2 * cells * side + shorter) / (2 * shorter) }
    (rows, columns) = (count(size.height), count(size.width))
    (height, width) = (size.height, size.width)
  }

  /// Number of cells.
  var count: Int { rows * columns }
  /// Pixels of the largest cell, downwards and across.
  var cellHeight: Int { (height + rows - 1) / rows }
  var cellWidth: Int { (width + columns - 1) / columns }

  /// The cell of each pixel, row by row.
  var cells: [Int] {
    (0..<height).flatMap { row in
      (0..<width).map { row * rows / height * columns + $0 * columns / width }
    }
  }
}
