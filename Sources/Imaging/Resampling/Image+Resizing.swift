extension Image {
  /// The image at another size, bit for bit as Pillow's `resize` gives it.
  ///
  /// Rows are resampled first, then columns, each to 8 bits. torchvision's `Resize` on a Pillow
  /// image is this with ``ResamplingFilter/bilinear``.
  ///
  /// - Precondition: Both sides are at least 1.
  public func resized(
    width newWidth: Int, height newHeight: Int, filter: ResamplingFilter = .bilinear
  ) -> Image {
    precondition(newWidth > 0 && newHeight > 0, "an image has at least one pixel")
    if newWidth == width && newHeight == height { return self }
    if filter.support == 0 { return nearestPixels(width: newWidth, height: newHeight) }
    var pixels = self.pixels
    if newWidth != width {
      let weights = ResamplingWeights(from: width, to: newWidth, filter: filter)
      pixels = Self.resampledRows(
        pixels, width: width, height: height, to: newWidth, weights: weights)
    }
    if newHeight != height {
      let weights = ResamplingWeights(from: height, to: newHeight, filter: filter)
      pixels = Self.resampledColumns(
        pixels, rowCount: 3 * newWidth, to: newHeight, weights: weights)
    }
    return Image(width: newWidth, height: newHeight, pixels: pixels, source: source)
  }

  /// The image scaled such that its shorter side gets a length, as torchvision's `Resize(size)`.
  public func resizedShorterSide(
    to size: Int, filter: ResamplingFilter = .bilinear
  ) -> Image {
    let (width, height) = sizeWithShorterSide(size)
    return resized(width: width, height: height, filter: filter)
  }

  /// The size at which the shorter side has a length.
  ///
  /// The longer side is cut off to whole pixels, not rounded, and at least 1.
  public func sizeWithShorterSide(_ size: Int) -> (width: Int, height: Int) {
    Self.size(of: (width, height), withShorterSide: size)
  }

  /// The same for an image of a size.
  package static func size(
    of image: (width: Int, height: Int), withShorterSide size: Int
  ) -> (width: Int, height: Int) {
    let (short, long) = (min(image.width, image.height), max(image.width, image.height))
    let newLong = max(Int(Double(size * long) / Double(short)), 1)
    return image.width <= image.height ? (size, newLong) : (newLong, size)
  }
}

// MARK: - Passes

extension Image {
  /// One row after the other at another width.
  private static func resampledRows(
    _ pixels: [UInt8], width: Int, height: Int, to newWidth: Int, weights: ResamplingWeights
  ) -> [UInt8] {
    let half = Int32(1) << (ResamplingWeights.precision - 1)
    return [UInt8](unsafeUninitializedCapacity: 3 * newWidth * height) { to, count in
      pixels.withUnsafeBufferPointer { from in
        weights.weights.withUnsafeBufferPointer { table in
          for row in 0..<height {
            let line = UnsafeBufferPointer(
              rebasing: from[3 * row * width..<3 * (row + 1) * width])
            var target = 3 * row * newWidth
            for x in 0..<newWidth {
              var red = half, green = half, blue = half
              var at = 3 * weights.starts[x]
              let first = x * weights.stride
              for k in first..<first + weights.counts[x] {
                let weight = table[k]
                red &+= Int32(line[at]) &* weight
                green &+= Int32(line[at &+ 1]) &* weight
                blue &+= Int32(line[at &+ 2]) &* weight
                at &+= 3
              }
              to[target] = UInt8(clamping: red >> ResamplingWeights.precision)
              to[target &+ 1] = UInt8(clamping: green >> ResamplingWeights.precision)
              to[target &+ 2] = UInt8(clamping: blue >> ResamplingWeights.precision)
              target &+= 3
            }
          }
        }
      }
      count = 3 * newWidth * height
    }
  }

  /// All columns at another height: whole source rows are added up, which reads memory in order.
  private static func resampledColumns(
    _ pixels: [UInt8], rowCount: Int, to newHeight: Int, weights: ResamplingWeights
  ) -> [UInt8] {
    let half = Int32(1) << (ResamplingWeights.precision - 1)
    var sums = [Int32](repeating: half, count: rowCount)
    return [UInt8](unsafeUninitializedCapacity: rowCount * newHeight) { to, count in
      pixels.withUnsafeBufferPointer { from in
        sums.withUnsafeMutableBufferPointer { sums in
          for y in 0..<newHeight {
            sums.update(repeating: half)
            for k in 0..<weights.counts[y] {
              let weight = weights.weights[y * weights.stride + k]
              let start = (weights.starts[y] + k) * rowCount
              let row = UnsafeBufferPointer(rebasing: from[start..<start + rowCount])
              for i in 0..<rowCount { sums[i] &+= Int32(row[i]) &* weight }
            }
            let row = UnsafeMutableBufferPointer(
              rebasing: to[y * rowCount..<(y + 1) * rowCount])
            for i in 0..<rowCount {
              row[i] = UInt8(clamping: sums[i] >> ResamplingWeights.precision)
            }
          }
        }
      }
      count = rowCount * newHeight
    }
  }

  /// The pixel under each centre; positions are added up step by step, as Pillow does.
  private func nearestPixels(width newWidth: Int, height newHeight: Int) -> Image {
    let columns = Self.nearestPositions(from: width, to: newWidth)
    let rows = Self.nearestPositions(from: height, to: newHeight)
    var result: [UInt8] = []
    result.reserveCapacity(3 * newWidth * newHeight)
    for row in rows {
      for column in columns {
        let at = 3 * (row * width + column)
        result += pixels[at..<at + 3]
      }
    }
    return Image(width: newWidth, height: newHeight, pixels: result, source: source)
  }

  /// The source position under the centre of each of `target` pixels.
  private static func nearestPositions(from source: Int, to target: Int) -> [Int] {
    let step = Double(source) / Double(target)
    var position = step * 0.5
    return (0..<target).map { _ in
      defer { position += step }
      return min(Int(position), source - 1)
    }
  }
}
