/// A format that is recognised in order to refuse it by name.
struct ForeignFormat: Sendable {
  /// What people call it.
  let name: String

  /// Where the signature lies.
  let offset: Int

  /// The bytes found there.
  let signature: [UInt8]

  /// A command that makes a PNG of it: `IN` and `OUT` stand for the file and its name without
  /// extension; nil if nothing sensible does.
  let conversion: String?

  /// A row of the table whose signature is text.
  init(_ name: String, _ signature: String, at offset: Int = 0, by conversion: String? = magick) {
    self.init(name, Array(signature.utf8), at: offset, by: conversion)
  }

  /// A row of the table.
  init(_ name: String, _ signature: [UInt8], at offset: Int = 0, by conversion: String? = magick) {
    self.name = name
    self.offset = offset
    self.signature = signature
    self.conversion = conversion
  }

  /// The command most formats are converted by.
  private static let magick = "magick IN OUT.png"
}

// MARK: - The table

extension ForeignFormat {
  /// Every format that is refused by name; the first match counts.
  static let all: [Self] = [
    Self("GIF", "GIF8", by: "magick 'IN[0]' OUT.png"),
    Self("BMP", "BM"),
    Self("PDF", "%PDF", by: "pdftoppm -png -r 200 IN OUT"),
    Self("DICOM", "DICM", at: 128),
    Self("PSD", "8BPS", by: "magick 'IN[0]' OUT.png"),
    Self("JPEG XL", [0xff, 0x0a], by: "djxl IN OUT.png"),
    Self("JPEG XL", [0, 0, 0, 0x0c] + Array("JXL ".utf8), by: "djxl IN OUT.png"),
    Self("JPEG 2000", [0, 0, 0, 0x0c] + Array("jP  ".utf8)),
    Self("JPEG 2000", [0xff, 0x4f, 0xff, 0x51]),
    Self("AVIF", "ftypavif", at: 4),
    Self("AVIF", "ftypavis", at: 4),
    Self("HEIC", "ftyphei", at: 4),
    Self("HEIC", "ftyphev", at: 4),
    Self("HEIC", "ftypmif1", at: 4),
    Self("HEIC", "ftypmsf1", at: 4),
    Self("Canon CR3", "ftypcrx", at: 4),
    Self("video", "ftyp", at: 4, by: "ffmpeg -i IN -frames:v 1 OUT.png"),
    Self("video", [0x1a, 0x45, 0xdf, 0xa3], by: "ffmpeg -i IN -frames:v 1 OUT.png"),
    Self("OpenEXR", [0x76, 0x2f, 0x31, 0x01]),
    Self("Radiance HDR", "#?RADIANCE"),
    Self("ICO", [0, 0, 1, 0], by: "magick 'IN[0]' OUT.png"),
    Self("QOI", "qoif"),
    Self("PNM", "P1\n"), Self("PNM", "P2\n"), Self("PNM", "P3\n"),
    Self("PNM", "P4\n"), Self("PNM", "P5\n"), Self("PNM", "P6\n"), Self("PNM", "P7\n"),
    Self("FITS", "SIMPLE  ="),
    Self("Fujifilm RAF", "FUJIFILM"),
    Self("SVG", "<svg", by: svg),
    Self("zip", "PK\u{3}\u{4}", by: nil),
    Self("NumPy", [0x93] + Array("NUMPY".utf8), by: nil),
    Self("HTML", "<!DOCTYPE html", by: nil),
    Self("HTML", "<!doctype html", by: nil),
    Self("HTML", "<html", by: nil),
  ]

  /// The command that draws an SVG file.
  private static let svg = "rsvg-convert -o OUT.png IN"

  /// The format that a file's first bytes belong to.
  static func matching(_ bytes: [UInt8]) -> Self? {
    if let row = all.first(where: { $0.matches(bytes) }) { return row }
    guard bytes.first == UInt8(ascii: "<") else { return nil }
    let start = String(decoding: bytes.prefix(1024), as: UTF8.self)
    return start.contains("<svg") ? Self("SVG", "<svg", by: svg) : nil
  }

  /// Whether the signature is in its place.
  private func matches(_ bytes: [UInt8]) -> Bool {
    bytes.count >= offset + signature.count
      && bytes[offset..<offset + signature.count].elementsEqual(signature)
  }

  /// The command to convert a file of that name.
  func conversion(of name: String) -> String? {
    conversion.map { command in
      command.split(separator: " ").map { word in
        switch word {
        case "IN": name
        case "'IN[0]'": "'\(name)[0]'"
        case "OUT": Self.stem(of: name)
        case "OUT.png": "\(Self.stem(of: name)).png"
        default: String(word)
        }
      }.joined(separator: " ")
    }
  }

  /// A file's name without its extension.
  static func stem(of name: String) -> String {
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex, !name[dot...].contains("/")
    else { return name }
    return String(name[..<dot])
  }
}
