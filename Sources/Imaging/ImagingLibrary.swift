import CLCMS
import CPNGCodec
import CTIFF
import CWebP

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A library that pictures are read, written or drawn with.
public struct ImagingLibrary: Hashable, Sendable {
  /// Its name, such as `libpng`.
  public let name: String

  /// The version that is loaded; nil where the library does not tell.
  public let version: String?

  /// Whether it is there; only figures need one that may be missing.
  public let isThere: Bool

  /// Makes an entry.
  private init(_ name: String, _ version: String?, isThere: Bool = true) {
    self.name = name
    self.version = version
    self.isThere = isThere
  }

  /// Every library, those for figures last.
  public static var all: [Self] {
    let webP = WebPGetDecoderVersion(), lcms = cmsGetEncodedCMMversion()
    let tiff = String(cString: TIFFGetVersion()).split(whereSeparator: \.isNewline).first ?? ""
    return [
      Self("libjpeg-turbo", nil),
      Self("libpng", String(cString: PNGCodecLibraryVersion())),
      Self("libwebp", "\(webP >> 16).\(webP >> 8 & 0xff).\(webP & 0xff)"),
      Self("libtiff", tiff.split(separator: " ").last.map(String.init)),
      Self("libexif", nil),
      // 2140 is 2.14, 2160 is 2.16.
      Self("lcms2", "\(lcms / 1000).\(lcms % 1000 / 10)"),
    ] + drawing
  }

  /// Number of fonts that figures can choose from; nil where nothing tells.
  public static var fontCount: Int? {
    guard let library = openedSVGLibrary, let address = dlsym(library, "FcConfigGetFonts") else {
      return nil
    }
    typealias Fonts =
      @convention(c) (UnsafeMutableRawPointer?, Int32) -> UnsafePointer<Int32>?
    return Int(unsafeBitCast(address, to: Fonts.self)(nil, 0)?.pointee ?? 0)
  }

  /// librsvg and cairo.
  private static var drawing: [Self] {
    guard let library = openedSVGLibrary else {
      return [Self("librsvg", nil, isThere: false)]
    }
    let numbers = ["major", "minor", "micro"].compactMap { part in
      dlsym(library, "rsvg_\(part)_version").map {
        "\($0.assumingMemoryBound(to: UInt32.self).pointee)"
      }
    }
    typealias Text = @convention(c) () -> UnsafePointer<CChar>?
    let cairo = dlsym(library, "cairo_version_string")
      .flatMap { unsafeBitCast($0, to: Text.self)() }.map { String(cString: $0) }
    return [
      Self("librsvg", numbers.isEmpty ? nil : numbers.joined(separator: ".")),
      Self("cairo", cairo),
    ]
  }

  /// librsvg's handle, where it is installed.
  private static var openedSVGLibrary: UnsafeMutableRawPointer? {
    SVGRenderer.names.lazy.compactMap { dlopen($0, RTLD_NOW | RTLD_LOCAL) }.first
  }
}
