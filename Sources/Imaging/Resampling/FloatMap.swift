/// Arithmetic on maps of floats, row by row.
package enum FloatMap {
  /// A map at another size by straight lines between the centres of its cells.
  ///
  /// Place i of the result lies at (i + ½) · source / target − ½ of the source, clamped to its
  /// first and last centre: ONNX's `Resize` with `linear` and `half_pixel`, PyTorch's
  /// `interpolate` with `bilinear` and `align_corners=False`. Nothing is averaged when shrinking.
  ///
  /// Rows are widened first, once per source row; each result row then blends two of them.
  ///
  /// - Precondition: `map.count == width × height`, and all sides are at least 1.
  package static func bilinearUpsampled(
    _ map: [Float], width: Int, height: Int, toWidth: Int, toHeight: Int
  ) -> [Float] {
    precondition(width > 0 && height > 0 && map.count == width * height, "a map fills its size")
    precondition(toWidth > 0 && toHeight > 0, "a map has at least one cell")
    let columns = Stops(from: width, to: toWidth), rows = Stops(from: height, to: toHeight)
    let wide = [Float](unsafeUninitializedCapacity: toWidth * height) { wide, count in
      map.withUnsafeBufferPointer { map in
        for y in 0..<height {
          for x in 0..<toWidth {
            let a = map[y * width + columns.lower[x]], b = map[y * width + columns.upper[x]]
            wide[y * toWidth + x] = a + (b - a) * columns.fraction[x]
          }
        }
      }
      count = toWidth * height
    }
    return [Float](unsafeUninitializedCapacity: toWidth * toHeight) { result, count in
      wide.withUnsafeBufferPointer { wide in
        for y in 0..<toHeight {
          let lower = UnsafeBufferPointer(rebasing: wide[rows.lower[y] * toWidth..<wide.count])
          let upper = UnsafeBufferPointer(rebasing: wide[rows.upper[y] * toWidth..<wide.count])
          let into = UnsafeMutableBufferPointer(
            rebasing: result[y * toWidth..<(y + 1) * toWidth])
          let fraction = rows.fraction[y]
          for x in 0..<toWidth { into[x] = lower[x] + (upper[x] - lower[x]) * fraction }
        }
      }
      count = toWidth * toHeight
    }
  }

  /// For each place of a side, the two source cells around it and how far it is to the second.
  private struct Stops {
    /// The cell before.
    var lower: [Int] = []

    /// The cell after.
    var upper: [Int] = []

    /// 0 at the cell before, 1 at the cell after.
    var fraction: [Float] = []

    /// Computes the stops of one side.
    init(from source: Int, to target: Int) {
      let scale = Float(source) / Float(target)
      for i in 0..<target {
        let position = min(max((Float(i) + 0.5) * scale - 0.5, 0), Float(source - 1))
        let cell = Int(position)
        lower.append(cell)
        upper.append(min(cell + 1, source - 1))
        fraction.append(position - Float(cell))
      }
    }
  }
}
