/// A picture: 8-bit sRGB pixels, rows from top to bottom.
///
/// ```swift
/// let photo = try Image(contentsOf: "dog-and-cat.jpg")
/// print(photo.width, photo.height, photo[x: 0, y: 0].red)
/// try photo.resized(width: 224, height: 224).write(to: "small.png")
/// ```
///
/// Two images are equal when their pixels are; where they came from (``source``) is not compared.
public struct Image: Sendable {
  /// Pixels in a row.
  public let width: Int

  /// Rows.
  public let height: Int

  /// Red, green, blue of each pixel, row by row: `3 × width × height` values.
  public let pixels: [UInt8]

  /// What the file was, for an image that was read from one.
  public let source: Source?

  /// Makes an image from pixels.
  ///
  /// - Precondition: `pixels.count == 3 × width × height`, and both sides are at least 1.
  public init(width: Int, height: Int, pixels: [UInt8], source: Source? = nil) {
    precondition(width > 0 && height > 0, "an image has at least one pixel")
    precondition(pixels.count == 3 * width * height, "an image has three values a pixel")
    self.width = width
    self.height = height
    self.pixels = pixels
    self.source = source
  }

  /// Makes an image of one colour.
  public init(width: Int, height: Int, filledWith color: Color) {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(3 * width * height)
    for _ in 0..<width * height { pixels += [color.red, color.green, color.blue] }
    self.init(width: width, height: height, pixels: pixels)
  }
}

// MARK: - Pixels

extension Image {
  /// The colour of one pixel.
  public struct Color: Hashable, Sendable {
    /// The three parts in sRGB, 0 through 255.
    public var red, green, blue: UInt8

    /// Makes a colour from its parts.
    public init(red: UInt8, green: UInt8, blue: UInt8) {
      self.red = red
      self.green = green
      self.blue = blue
    }
  }

  /// The pixel in column `x` of row `y`, both counted from the top left.
  public subscript(x x: Int, y y: Int) -> Color {
    precondition((0..<width).contains(x) && (0..<height).contains(y), "outside the image")
    let at = 3 * (y * width + x)
    return Color(red: pixels[at], green: pixels[at + 1], blue: pixels[at + 2])
  }

  /// The luma of each pixel, row by row: `width × height` values.
  ///
  /// ITU-R BT.601 weights in 16-bit fixed point, 0.299 R + 0.587 G + 0.114 B, which is what
  /// Pillow's `convert("L")` gives, bit for bit.
  public var gray: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: width * height) { luma, count in
      pixels.withUnsafeBufferPointer { pixels in
        for i in 0..<width * height {
          let red = UInt32(pixels[3 * i]) * 19595
          let green = UInt32(pixels[3 * i + 1]) * 38470
          let blue = UInt32(pixels[3 * i + 2]) * 7471
          luma[i] = UInt8((red + green + blue + 0x8000) >> 16)
        }
      }
      count = width * height
    }
  }
}

extension Image: Equatable {
  /// Whether both have the same size and pixels.
  public static func == (first: Self, second: Self) -> Bool {
    first.width == second.width && first.height == second.height && first.pixels == second.pixels
  }
}
