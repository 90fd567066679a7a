/// What stands before a JPEG's first scan.
struct JPEGSegments {
  /// Declared columns.
  private(set) var width = 0

  /// Declared rows.
  private(set) var height = 0

  /// Bits a sample.
  private(set) var bitDepth = 8

  /// Colour components.
  private(set) var components = 0

  /// The EXIF segment, with its `Exif` prefix.
  private(set) var exif: ArraySlice<UInt8>?

  /// The XMP packet.
  private(set) var xmp: ArraySlice<UInt8>?

  /// What an XMP segment starts with.
  static let xmpPrefix = Array("http://ns.adobe.com/xap/1.0/\0".utf8)

  /// The ICC profile's pieces by their number, which starts at 1.
  private var profilePieces: [UInt8: ArraySlice<UInt8>] = [:]

  /// The ICC profile, if all of its pieces are there.
  var profile: [UInt8]? {
    let numbers = profilePieces.keys.sorted()
    guard !numbers.isEmpty, numbers.enumerated().allSatisfy({ $0 + 1 == Int($1) }) else {
      return nil
    }
    return numbers.flatMap { profilePieces[$0] ?? [] }
  }

  /// Walks the segments; nil if the file ends, or something that is no segment comes, before the
  /// first scan and its frame header.
  init?(_ bytes: [UInt8]) {
    var at = 2
    while true {
      guard at < bytes.count, bytes[at] == 0xff else { return nil }
      while at < bytes.count, bytes[at] == 0xff { at += 1 }
      guard at < bytes.count else { return nil }
      let marker = bytes[at]
      at += 1
      if marker == 0x01 || (0xd0...0xd8).contains(marker) { continue }
      guard marker != 0xd9, at + 2 <= bytes.count else { return nil }
      let length = Int(bytes[at]) << 8 | Int(bytes[at + 1])
      guard length >= 2, at + length <= bytes.count else { return nil }
      read(marker, bytes[at + 2..<at + length])
      at += length
      if marker == 0xda { break }
    }
    guard components > 0 else { return nil }
  }

  /// Keeps what is wanted of one segment.
  private mutating func read(_ marker: UInt8, _ body: ArraySlice<UInt8>) {
    let start = body.startIndex
    switch marker {
    case 0xc0...0xcf where marker != 0xc4 && marker != 0xc8 && marker != 0xcc && body.count >= 6:
      bitDepth = Int(body[start])
      height = Int(body[start + 1]) << 8 | Int(body[start + 2])
      width = Int(body[start + 3]) << 8 | Int(body[start + 4])
      components = Int(body[start + 5])
    case 0xe1 where exif == nil && body.starts(with: Array("Exif\0\0".utf8)):
      exif = body
    case 0xe2 where body.count > 14 && body.starts(with: Array("ICC_PROFILE\0".utf8)):
      profilePieces[body[start + 12]] = body[(start + 14)...]
    case 0xe1 where xmp == nil && body.starts(with: Self.xmpPrefix):
      xmp = body.dropFirst(Self.xmpPrefix.count)
    default:
      break
    }
  }
}
