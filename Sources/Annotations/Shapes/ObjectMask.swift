import Imaging

/// Pixels of a picture that belong to something, row by row.
package struct ObjectMask: Hashable, Sendable {
  /// Pixels in a row, and rows.
  package let width, height: Int
  /// Whether each pixel belongs.
  package private(set) var values: [Bool]

  /// No pixel.
  package init(width: Int, height: Int) {
    (self.width, self.height) = (width, height)
    values = [Bool](repeating: false, count: width * height)
  }

  /// The pixels whose middles lie in a box; at least the one in the box's middle.
  package init(_ box: ObjectBox, width: Int, height: Int) {
    self.init(width: width, height: height)
    let columns = Self.pixels(from: box.left, to: box.right, of: width)
    let rows = Self.pixels(from: box.top, to: box.bottom, of: height)
    for row in rows { for column in columns { values[row * width + column] = true } }
  }

  /// The pixels whose middles lie within an outline, by the even-odd rule; at least the one in its
  /// middle.
  ///
  /// Each edge changes, in the rows it passes, inside and outside for all pixels right of it.
  init(_ polygon: [ObjectPoint], width: Int, height: Int) {
    self.init(width: width, height: height)
    guard var last = polygon.last else { return }
    for point in polygon {
      defer { last = point }
      let (upper, lower) = last.y <= point.y ? (last, point) : (point, last)
      let rows = Self.crossed(from: upper.y, to: lower.y, of: height)
      for row in rows {
        let share = (Double(row) + 0.5 - upper.y) / (lower.y - upper.y)
        let x = upper.x + share * (lower.x - upper.x)
        let column = Self.crossed(from: x, to: Double(width), of: width).lowerBound
        if column < width { values[row * width + column].toggle() }
      }
    }
    for row in 0..<height {
      var isInside = false
      for place in row * width..<(row + 1) * width {
        if values[place] { isInside.toggle() }
        values[place] = isInside
      }
    }
    if !values.contains(true) {
      formUnion(ObjectMask(ObjectBox(around: polygon), width: width, height: height))
    }
  }

  /// What runs tell, which go down the columns, outside first.
  init(_ runs: RunLengths) {
    self.init(width: runs.width, height: runs.height)
    var place = 0
    for (index, count) in runs.counts.enumerated() {
      if index % 2 == 1 {
        for pixel in place..<place + Int(count) {
          values[pixel % height * width + pixel / height] = true
        }
      }
      place += Int(count)
    }
  }

  /// The pixels of an axis whose middles lie between two places.
  private static func crossed(from start: Double, to end: Double, of count: Int) -> Range<Int> {
    let first = Int(min(max((start - 0.5).rounded(.up), 0), Double(count)))
    let last = Int(min(max((end - 0.5).rounded(.up), 0), Double(count)))
    return first..<max(first, last)
  }

  /// The same; where there is none, the pixel in the middle.
  private static func pixels(from start: Double, to end: Double, of count: Int) -> Range<Int> {
    let range = crossed(from: start, to: end, of: count)
    guard range.isEmpty, count > 0 else { return range }
    let middle = Int(min(max((start + end) / 2, 0), Double(count - 1)))
    return middle..<middle + 1
  }
}

extension ObjectMask {
  /// Pixels that belong.
  package var count: Int { values.count { $0 } }

  /// Adds what another mask of the same size has.
  package mutating func formUnion(_ other: ObjectMask) {
    guard other.values.count == values.count else { return }
    for place in values.indices where other.values[place] { values[place] = true }
  }

  /// This mask of a picture as stored, on the upright picture.
  func upright(_ size: StoredSize) -> ObjectMask {
    guard size.orientation > 1 else { return self }
    var result = ObjectMask(width: size.uprightWidth, height: size.uprightHeight)
    for row in 0..<height {
      for column in 0..<width where values[row * width + column] {
        let point = ObjectPoint(x: Double(column) + 0.5, y: Double(row) + 0.5).upright(size)
        result.values[Int(point.y) * result.width + Int(point.x)] = true
      }
    }
    return result
  }
}
