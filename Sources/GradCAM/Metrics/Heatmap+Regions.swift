extension Heatmap {
  /// The share of the map's evidence that lies on some pixels of the photo, 0 through 1; nil where
  /// there is no evidence.
  ///
  ///     Σ_{i in the mask} M_i / Σ_i M_i        M at least 0, on the photo's pixels
  ///
  /// - Precondition: the mask has the photo's size.
  public func share(in mask: PixelMask) -> Double? {
    precondition(mask.size == view.photo, "the mask belongs to the photo")
    var (inside, all) = (0.0, 0.0)
    for (value, isIn) in zip(valuesOnPhoto, mask.pixels) where value > 0 {
      all += Double(value)
      if isIn { inside += Double(value) }
    }
    return all > 0 ? inside / all : nil
  }

  /// The pixels of the photo where the map has at least a share of its maximum; nil where there is
  /// no evidence.
  public func region(atLeast threshold: Float) -> PixelMask? {
    let values = valuesOnPhoto
    guard let highest = values.max(), highest > 0 else { return nil }
    return PixelMask(size: view.photo, pixels: values.map { $0 >= threshold * highest && $0 > 0 })
  }

  /// The box around the largest connected part of the map at a share of its maximum and more; nil
  /// where there is no evidence.
  ///
  /// The paper's rule with `atLeast: 0.15`.  Pixels that touch at a corner are connected; of parts
  /// equally large the first in reading order counts.
  public func box(atLeast threshold: Float = 0.15) -> PointingGame.Box? {
    region(atLeast: threshold)?.largestPart?.bounds
  }
}

extension PixelMask {
  /// |A ∩ B| / |A ∪ B|; 0 where both are empty.
  ///
  /// - Precondition: both belong to photos of one size.
  public func overlap(with other: PixelMask) -> Double {
    precondition(size == other.size, "the masks belong to one photo")
    var (both, any) = (0, 0)
    for (a, b) in zip(pixels, other.pixels) {
      if a && b { both += 1 }
      if a || b { any += 1 }
    }
    return any == 0 ? 0 : Double(both) / Double(any)
  }

  /// The largest connected part, corners connecting; the first of those equally large; nil where
  /// no pixel is in.
  public var largestPart: PixelMask? {
    var part = [Int32](repeating: 0, count: pixels.count)
    var (best, bestCount, found) = (Int32(0), 0, Int32(0))
    var waiting: [Int] = []
    for start in pixels.indices where pixels[start] && part[start] == 0 {
      found += 1
      part[start] = found
      waiting.append(start)
      var count = 0
      while let pixel = waiting.popLast() {
        count += 1
        let (row, column) = (pixel / size.width, pixel % size.width)
        for y in max(row - 1, 0)...min(row + 1, size.height - 1) {
          for x in max(column - 1, 0)...min(column + 1, size.width - 1) {
            let next = y * size.width + x
            if pixels[next], part[next] == 0 {
              part[next] = found
              waiting.append(next)
            }
          }
        }
      }
      if count > bestCount { (best, bestCount) = (found, count) }
    }
    return best == 0 ? nil : PixelMask(size: size, pixels: part.map { $0 == best })
  }
}

extension PointingGame.Box {
  /// |A ∩ B| / |A ∪ B|; 0 where neither has an area.
  public func overlap(with other: PointingGame.Box) -> Double {
    let width = max(0, min(right, other.right) - max(left, other.left))
    let height = max(0, min(bottom, other.bottom) - max(top, other.top))
    let both = width * height
    let any = area + other.area - both
    return any > 0 ? both / any : 0
  }

  /// The area in pixels; 0 where right is not right of left, or bottom not below top.
  public var area: Double { max(0, right - left) * max(0, bottom - top) }
}
