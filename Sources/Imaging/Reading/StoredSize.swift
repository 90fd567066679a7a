import CTIFF
import CWebP
package import Diagnostics

/// A picture's size and orientation as its header tells them; no pixel is decoded.
package struct StoredSize: Hashable, Sendable {
  /// Pixels in a row of the file.
  package let width: Int
  /// Rows of the file.
  package let height: Int
  /// The EXIF orientation, 1 through 8.
  package let orientation: Int

  /// A size by its parts.
  package init(width: Int, height: Int, orientation: Int = 1) {
    (self.width, self.height, self.orientation) = (width, height, orientation)
  }

  /// Reads the header of a JPEG, PNG, WebP or TIFF file; `name` stands for it in errors.
  ///
  /// - Throws: ``DiagnosticError`` where the format is not read, or the header is damaged or
  ///   declares more pixels than allowed.
  package init(
    of bytes: [UInt8], name: String, limits: Image.Limits = .default
  ) throws(DiagnosticError) {
    guard !bytes.isEmpty else { throw .emptyPicture(name) }
    guard let format = Image.Format(startOf: bytes) else {
      throw .unknownFormat(name, start: Hexadecimal.text(of: bytes.prefix(8)))
    }
    let file = PictureFile(name: name, bytes: bytes, format: format, limits: limits)
    self =
      switch format {
      case .jpeg: try Self.jpeg(file)
      case .png: try Self.png(file)
      case .webp: try Self.webp(file)
      case .tiff: try Self.tiff(file)
      }
    try file.check(width: width, height: height)
  }

  /// Whether upright means that columns and rows change places.
  package var isTurned: Bool { orientation >= 5 }
  /// Pixels in a row of the upright picture.
  package var uprightWidth: Int { isTurned ? height : width }
  /// Rows of the upright picture.
  package var uprightHeight: Int { isTurned ? width : height }
}

// MARK: - Formats

extension StoredSize {
  private static func jpeg(_ file: PictureFile) throws(DiagnosticError) -> StoredSize {
    guard let segments = JPEGSegments(file.bytes) else {
      throw file.damaged("it ends before the picture starts")
    }
    return StoredSize(
      width: segments.width, height: segments.height,
      orientation: segments.exif.map(Orientation.value) ?? 1)
  }

  private static func png(_ file: PictureFile) throws(DiagnosticError) -> StoredSize {
    guard file.bytes.count >= 33, file.bytes[12..<16].elementsEqual("IHDR".utf8) else {
      throw file.damaged("it ends before the picture starts")
    }
    let exif = PNGChunks(file.bytes).first { $0.name == "eXIf" }
    return StoredSize(
      width: file.bytes[16..<20].reduce(0) { $0 << 8 | Int($1) },
      height: file.bytes[20..<24].reduce(0) { $0 << 8 | Int($1) },
      orientation: exif.map { Orientation.value(inEXIF: $0.body) } ?? 1)
  }

  private static func webp(_ file: PictureFile) throws(DiagnosticError) -> StoredSize {
    var features = WebPBitstreamFeatures()
    guard WebPGetFeatures(file.bytes, file.bytes.count, &features) == VP8_STATUS_OK else {
      throw file.damaged("it ends before the picture starts")
    }
    let exif = WebPChunks.body(of: "EXIF", in: file.bytes)
    return StoredSize(
      width: Int(features.width), height: Int(features.height),
      orientation: exif.map { Orientation.value(inEXIF: $0) } ?? 1)
  }

  private static func tiff(_ file: PictureFile) throws(DiagnosticError) -> StoredSize {
    guard let tiff = TIFFFile(file.bytes) else {
      throw file.damaged("its directory is not where the header says, or ends early")
    }
    let orientation = tiff.short(TIFFTAG_ORIENTATION, or: 1)
    return StoredSize(
      width: tiff.long(TIFFTAG_IMAGEWIDTH), height: tiff.long(TIFFTAG_IMAGELENGTH),
      orientation: (1...8).contains(orientation) ? orientation : 1)
  }
}
