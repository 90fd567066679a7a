extension Image {
  /// What the file was that an image was read from.
  public struct Source: Hashable, Sendable {
    /// How the file was called, as the caller gave it.
    public let name: String

    /// The file's format.
    public let format: Format

    /// How the file stored colour.
    public let colorModel: ColorModel

    /// Bits a sample in the file.
    public let bitDepth: Int

    /// Whether the file had a colour profile; pixels are sRGB either way.
    public let hasColorProfile: Bool

    /// The EXIF orientation, 1 through 8, that was undone; 1 means upright as stored.
    public let orientation: Int
  }

  /// A format that is read and, but for TIFF, written.
  public enum Format: String, CaseIterable, Hashable, Sendable {
    case jpeg = "JPEG"
    case png = "PNG"
    case webp = "WebP"
    case tiff = "TIFF"
  }

  /// How a file stores colour.
  public enum ColorModel: String, Hashable, Sendable {
    /// One value a pixel, with or without alpha.
    case gray
    /// Red, green, blue.
    case rgb
    /// Red, green, blue and an alpha value, which is dropped.
    case rgba
    /// Indices into a table of colours.
    case palette
    /// Four inks.
    case cmyk
  }

  /// What is refused before any pixel is decoded.
  public struct Limits: Hashable, Sendable {
    /// The most pixels that a file may declare.
    public var maximumPixels: Int

    /// The most bytes that a file may have.
    public var maximumBytes: Int

    /// Makes limits.
    public init(maximumPixels: Int = 178_956_970, maximumBytes: Int = 1 << 30) {
      self.maximumPixels = maximumPixels
      self.maximumBytes = maximumBytes
    }

    /// 178,956,970 pixels, which are half a gibibyte as RGB, and files of 1 GiB.
    public static var `default`: Self { Self() }
  }
}
