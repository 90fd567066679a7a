import Diagnostics
import Testing

@testable import Imaging

@Suite("Hostile and unfit files")
struct HostileFileTests {
  /// One file of each decoder and kind of compression.
  static let samples = [
    "png-rgb.png", "png-interlaced.png", "png-palette.png", "jpeg-420.jpg",
    "jpeg-progressive.jpg", "jpeg-cmyk.jpg", "jpeg-orientation-6.jpg", "webp-lossy.webp",
    "webp-lossless.webp", "webp-rgba.webp", "tiff-rgb.tif", "tiff-lzw.tif", "tiff-jpeg.tif",
    "tiff-bilevel.tif", "tiff-tiled.tif", "profile-wide-png.png", "profile-wide-jpg.jpg",
  ]

  /// What reading says.
  private func message(
    _ bytes: [UInt8], name: String = "photo.jpg", limits: Image.Limits = .default
  ) -> String {
    do throws(DiagnosticError) {
      let image = try Image(decoding: bytes, name: name, limits: limits)
      return "read \(image.width) × \(image.height)"
    } catch { return error.description }
  }

  // MARK: Truncated and altered

  @Test("A file cut anywhere is refused or still whole", arguments: samples)
  func truncated(name: String) throws {
    let bytes = try Fixture.bytes(name)
    let whole = try Image(decoding: bytes)
    for count in 0..<bytes.count {
      guard let image = try? Image(decoding: Array(bytes.prefix(count))) else { continue }
      // What may be missing is what follows the pixels, such as an end marker.
      #expect(image.pixels == whole.pixels, "cut to \(count) of \(bytes.count) bytes")
    }
  }

  @Test("A cut picture is called damaged", arguments: ["png-rgb.png", "jpeg-420.jpg"])
  func cut(name: String) throws {
    let bytes = try Fixture.bytes(name)
    let text = message(Array(bytes.prefix(bytes.count * 2 / 3)), name: name)
    #expect(text.hasPrefix("Damaged"))
    #expect(text.hasSuffix("help: download or copy the file again"))
  }

  @Test("Flipped bits never crash", arguments: samples)
  func flipped(name: String) throws {
    let bytes = try Fixture.bytes(name)
    var state = UInt64(truncatingIfNeeded: name.utf8.reduce(7) { $0 &* 31 &+ Int($1) })
    var decoded = 0
    for _ in 0..<400 {
      var altered = bytes
      for _ in 0..<3 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let bit = Int(state >> 33) % (8 * altered.count)
        altered[bit / 8] ^= 1 << (bit % 8)
      }
      let limits = Image.Limits(maximumPixels: 1 << 20)
      guard let image = try? Image(decoding: altered, limits: limits) else { continue }
      decoded += 1
      #expect(image.pixels.count == 3 * image.width * image.height)
      #expect(image.width * image.height <= limits.maximumPixels)
    }
    #expect(decoded < 400, "no flip was noticed")
  }

  // MARK: Too large

  @Test("A declared size over the limit is refused before decoding")
  func declared() throws {
    var png = try Fixture.bytes("png-rgb.png")
    png.replaceSubrange(16..<24, with: [0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60])
    #expect(
      message(png) == """
        Picture 'photo.jpg' has 60000 × 60000 pixels, more than the limit of 178956970
          help: scale it down, or raise the limit
        """)

    var jpeg = try Fixture.bytes("jpeg-420.jpg")
    let frame = try #require(jpeg.firstRange(of: [0xff, 0xc0] as [UInt8])).lowerBound
    jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0xff, 0xdc, 0xff, 0xdc])
    #expect(message(jpeg).hasPrefix("Picture 'photo.jpg' has 65500 × 65500 pixels, more than"))

    var webp = try Fixture.bytes("webp-lossless.webp")
    let header = try #require(webp.firstRange(of: Array("VP8L".utf8))).lowerBound
    webp.replaceSubrange(header + 9..<header + 13, with: [0xff, 0xff, 0xff, 0x0f])
    #expect(message(webp).hasPrefix("Picture 'photo.jpg' has 16384 × 16384 pixels, more than"))

    var tiff = try Fixture.bytes("tiff-rgb.tif")
    let wide = try #require(tiff.firstRange(of: [0, 1, 4, 0, 1, 0, 0, 0, 23] as [UInt8]))
    tiff.replaceSubrange(wide.upperBound - 1..<wide.upperBound + 3, with: [0, 0, 0, 0x40])
    #expect(message(tiff).hasPrefix("Picture 'photo.jpg' has 1073741824 × 17 pixels, more than"))
  }

  @Test("Limits are the caller's")
  func limits() throws {
    let bytes = try Fixture.bytes("png-rgb.png")
    #expect(message(bytes, limits: .init(maximumPixels: 23 * 17)) == "read 23 × 17")
    #expect(message(bytes, limits: .init(maximumPixels: 23 * 17 - 1)).hasPrefix("Picture"))
    #expect(throws: DiagnosticError.self) {
      try Image(contentsOf: Fixture.path("png-rgb.png"), limits: .init(maximumBytes: 100))
    }
  }

  @Test("No pixels are no picture")
  func empty() throws {
    var png = try Fixture.bytes("png-rgb.png")
    png.replaceSubrange(16..<20, with: [0, 0, 0, 0])
    #expect(
      message(png) == "Picture 'photo.jpg' has no pixels: its size is 0 × 17")
  }

  // MARK: Other files

  @Test(
    "Other formats are refused by name, with how to convert",
    arguments: [
      ("a.heic", [0, 0, 0, 24] + Array("ftypheic".utf8), "HEIC", "magick a.heic a.png"),
      ("a.avif", [0, 0, 0, 24] + Array("ftypavif".utf8), "AVIF", "magick a.avif a.png"),
      ("b/a.gif", Array("GIF89a".utf8), "GIF", "magick 'b/a.gif[0]' b/a.png"),
      ("a.bmp", Array("BM1234".utf8), "BMP", "magick a.bmp a.png"),
      ("a.pdf", Array("%PDF-1.7".utf8), "PDF", "pdftoppm -png -r 200 a.pdf a"),
      (
        "a.dcm", [UInt8](repeating: 0, count: 128) + Array("DICM".utf8), "DICOM",
        "magick a.dcm a.png"
      ),
      ("a.svg", Array("<?xml version='1.0'?>\n<svg>".utf8), "SVG", "rsvg-convert -o a.png a.svg"),
      ("a.jxl", [0xff, 0x0a, 0x12], "JPEG XL", "djxl a.jxl a.png"),
      ("a.jp2", [0, 0, 0, 0x0c] + Array("jP  ".utf8), "JPEG 2000", "magick a.jp2 a.png"),
      ("a.psd", Array("8BPS".utf8), "PSD", "magick 'a.psd[0]' a.png"),
    ] as [(String, [UInt8], String, String)])
  func foreign(name: String, bytes: [UInt8], format: String, command: String) {
    #expect(
      message(bytes, name: name) == """
        Cannot read '\(name)': \(format) is not among the formats read
          note: JPEG, PNG, WebP and TIFF are
          help: convert it first: '\(command)'
        """)
  }

  @Test("A file that is no picture, an empty one, a folder and a missing one are told apart")
  func noPictures() throws {
    #expect(
      message(Array("hello, world".utf8), name: "notes.txt") == """
        'notes.txt' is not a picture: it begins with the bytes 68 65 6c 6c 6f 2c 20 77
          help: pass a JPEG, PNG, WebP or TIFF file
        """)
    #expect(
      message([], name: "a.png") == "File 'a.png' is empty\n  help: download or copy it again")
    func reading(_ path: String) -> String {
      do throws(DiagnosticError) { _ = try Image(contentsOf: path) } catch {
        return error.description
      }
      return "no error"
    }
    #expect(reading("none/a.png") == "No file 'none/a.png'")
    let folder = Fixture.path("")
    #expect(
      reading(folder) == "'\(folder)' is a folder, not a picture\n  help: name a picture inside it")
  }

  @Test("Kinds of TIFF and WebP that are not read are named")
  func variants() throws {
    #expect(
      message(try Fixture.bytes("refused-float.tif"), name: "scan.tif") == """
        Cannot read TIFF 'scan.tif': samples that are not unsigned integers are not supported
          help: convert it first: 'magick scan.tif -depth 8 scan.png'
        """)
  }
}
