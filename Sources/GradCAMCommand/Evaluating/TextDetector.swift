import Imaging

/// Finds what looks like writing: short strong strokes that alternate along several rows.
///
/// The photo is brought to 512 pixels along its longer side and cut into cells of 16 × 8. A row of
/// a window of 48 × 8 around a cell is *busy* where brightness jumps by more than 48 of 255 from one
/// pixel to the second next at least 8 times, each time the other way than before, 2 to 12 pixels
/// apart.  A cell counts where at least 4 of its 8 rows are busy, and a neighbour to its left or
/// right counts too.  It finds printed words and stamps; it misses single letters, faint
/// handwriting, and letters taller than some 40 of those 512 pixels, and takes fences and combs for
/// text.
enum TextDetector {
  private static let side = 512
  private static let cell = (width: 16, height: 8)

  /// Whether each pixel of a photo belongs to writing.
  static func pixels(of photo: Image) -> [Bool] {
    let longer = Double(max(photo.width, photo.height))
    let scale = Double(side) / longer
    let width = max(1, Int((Double(photo.width) * scale).rounded()))
    let height = max(1, Int((Double(photo.height) * scale).rounded()))
    let gray = photo.resized(width: width, height: height).gray
    let (columns, rows) = (width / cell.width, height / cell.height)
    guard columns > 1, rows > 0 else {
      return [Bool](repeating: false, count: photo.width * photo.height)
    }
    let found = (0..<columns * rows).map { place in
      isText(gray, width, column: place % columns, row: place / columns)
    }
    let kept = found.indices.map { place in
      let column = place % columns
      return found[place]
        && (column > 0 && found[place - 1] || column + 1 < columns && found[place + 1])
    }
    return (0..<photo.width * photo.height).map { place in
      let column = Int(Double(place % photo.width) * scale) / cell.width
      let row = Int(Double(place / photo.width) * scale) / cell.height
      return column < columns && row < rows && kept[row * columns + column]
    }
  }

  private static func isText(_ gray: [UInt8], _ width: Int, column: Int, row: Int) -> Bool {
    let first = max(0, (column - 1) * cell.width)
    let last = min(width, (column + 2) * cell.width)
    let busy = (row * cell.height..<(row + 1) * cell.height).count { row in
      alternations(gray[row * width + first..<row * width + last]) >= 8
    }
    return busy >= 4
  }

  /// How often brightness jumps along a row, each time the other way.
  private static func alternations(_ row: ArraySlice<UInt8>) -> Int {
    var (count, lastSign, lastPlace) = (0, 0, row.startIndex)
    for place in row.indices.dropFirst(2) {
      let jump = Int(row[place]) - Int(row[place - 2])
      guard abs(jump) > 48, jump.signum() != lastSign else { continue }
      let gap = place - lastPlace
      if lastSign == 0 || (2...12).contains(gap) { count += 1 } else { count = 1 }
      (lastSign, lastPlace) = (jump.signum(), place)
    }
    return count
  }
}
