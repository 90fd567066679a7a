public import Diagnostics

extension Image {
  /// Writes the image as PNG, JPEG or WebP, by the path's extension.
  ///
  /// The file appears as a whole or not at all. `metadata` tells how the image was made: as text
  /// chunks in a PNG, which any tool lists, and as the XMP description in a JPEG or WebP, one
  /// `key: value` a line. JPEG is written at quality 95 without colour subsampling, WebP at
  /// quality 90.
  ///
  /// ```swift
  /// try overlay.write(to: "why.png", metadata: [("Layer", "layer4"), ("Class", "tabby")])
  /// ```
  ///
  /// - Throws: ``DiagnosticError`` of kind `input` if the extension is none of these, the picture
  ///   is too large for the format, a key is not 1 through 79 printable ASCII characters, or the
  ///   file cannot be written.
  public func write(
    to path: String, metadata: [(key: String, value: String)] = []
  ) throws(DiagnosticError) {
    guard let format = Format(extensionOf: path), format != .tiff else {
      throw .unknownExtension(path, known: Format.writable)
    }
    try AtomicFile.write(encoded(as: format, metadata: metadata), to: path)
  }

  /// The bytes of a PNG, JPEG or WebP file, as ``write(to:metadata:)`` writes them.
  ///
  /// - Throws: ``DiagnosticError``, as ``write(to:metadata:)`` does.
  public func encoded(
    as format: Format, metadata: [(key: String, value: String)] = []
  ) throws(DiagnosticError) -> [UInt8] {
    for (key, _) in metadata { try Metadata.check(key) }
    return switch format {
    case .png: try PNGEncoder.encode(self, metadata: metadata)
    case .jpeg: try JPEGEncoder.encode(self, metadata: metadata)
    case .webp: try WebPEncoder.encode(self, metadata: metadata)
    case .tiff: throw .unwritableFormat(format)
    }
  }

  /// What a PNG, JPEG or WebP file tells about how it was made, as ``write(to:metadata:)`` put it
  /// there.
  ///
  /// - Throws: ``DiagnosticError`` of kind `input` if the file cannot be read or is none of these.
  public static func metadata(
    contentsOf path: String
  ) throws(DiagnosticError) -> [(key: String, value: String)] {
    let bytes = try FileBytes.contents(of: path, limit: Limits.default.maximumBytes)
    return switch Format(startOf: bytes) {
    case .png: Metadata.entries(inPNG: bytes)
    case .jpeg: Metadata.entries(inJPEG: bytes)
    case .webp: Metadata.entries(inWebP: bytes)
    default: throw .unknownFormat(path, start: Hexadecimal.text(of: bytes.prefix(8)))
    }
  }
}

extension Image.Format {
  /// The format that a path's extension means.
  public init?(extensionOf path: String) {
    guard let dot = path.lastIndex(of: "."), !path[dot...].contains("/") else { return nil }
    switch path[dot...].dropFirst().lowercased() {
    case "png": self = .png
    case "jpg", "jpeg": self = .jpeg
    case "webp": self = .webp
    case "tif", "tiff": self = .tiff
    default: return nil
    }
  }

  /// The extensions that images are written by.
  static let writable = [".png", ".jpg", ".jpeg", ".webp"]
}
