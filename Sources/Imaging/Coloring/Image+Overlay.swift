extension Image {
  /// The image with a map's colours laid over it: (1 − opacity) · image + opacity · colour.
  ///
  /// - Parameters:
  ///   - map: One value a pixel, row by row, within the colormap's ``Colormap/range``.
  ///   - colormap: What gives each value its colour.
  ///   - opacity: 0 leaves the image, 1 leaves only the colours.
  /// - Precondition: `map.count == width × height`.
  public func overlaid(with map: [Float], colormap: Colormap, opacity: Double) -> Image {
    precondition(map.count == width * height, "a map has one value a pixel")
    // Both tables hold products in 16-bit fixed point, cut off, so that no sum exceeds 255 and a
    // half, which is in the first.
    let opacity = opacity.isNaN ? 0 : min(max(opacity, 0), 1)
    let unit = Double(1 << 16)
    let photo = (0..<256).map { UInt32(Double($0) * (1 - opacity) * unit) + 1 << 15 }
    let colors = colormap.table.flatMap { color in
      [16, 8, 0].map { UInt32(Double(color >> $0 & 0xff) * opacity * unit) }
    }
    let result = [UInt8](unsafeUninitializedCapacity: pixels.count) { result, count in
      pixels.withUnsafeBufferPointer { pixels in
        photo.withUnsafeBufferPointer { photo in
          colors.withUnsafeBufferPointer { colors in
            map.withUnsafeBufferPointer { map in
              var at = 0
              for value in map {
                let color = 3 &* colormap.index(of: value)
                for channel in 0..<3 {
                  let sum = photo[Int(pixels[at &+ channel])] &+ colors[color &+ channel]
                  result[at &+ channel] = UInt8(truncatingIfNeeded: sum >> 16)
                }
                at &+= 3
              }
            }
          }
        }
      }
      count = pixels.count
    }
    return Image(width: width, height: height, pixels: result, source: source)
  }

  /// A map's colours alone.
  ///
  /// - Precondition: `map.count == width × height`, and both sides are at least 1.
  public init(map: [Float], width: Int, height: Int, colormap: Colormap) {
    precondition(map.count == width * height, "a map has one value a pixel")
    let pixels = [UInt8](unsafeUninitializedCapacity: 3 * map.count) { pixels, count in
      for i in map.indices {
        let color = colormap.table[colormap.index(of: map[i])]
        pixels[3 * i] = UInt8(truncatingIfNeeded: color >> 16)
        pixels[3 * i + 1] = UInt8(truncatingIfNeeded: color >> 8)
        pixels[3 * i + 2] = UInt8(truncatingIfNeeded: color)
      }
      count = 3 * map.count
    }
    self.init(width: width, height: height, pixels: pixels)
  }
}
