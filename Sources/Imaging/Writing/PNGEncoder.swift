import CPNGCodec
import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// PNG by libpng.
enum PNGEncoder {
  /// zlib's level: an overlay on a photo takes two thirds of the time of 3, and 5 % more bytes.
  private static let level: Int32 = 2

  /// The bytes of a PNG file.
  static func encode(
    _ image: Image, metadata: [Metadata.Entry]
  ) throws(DiagnosticError) -> [UInt8] {
    var data: UnsafeMutablePointer<UInt8>?
    var count = 0
    var message = [CChar](repeating: 0, count: Int(PNG_CODEC_MESSAGE_SIZE))
    guard let width = UInt32(exactly: image.width), let height = UInt32(exactly: image.height),
      PNGCodecWrite(image.pixels, width, height, level, &data, &count, &message) == 0
    else { throw .unencodable(.png, CStringText.text(of: message)) }
    defer { free(data) }
    let bytes = UnsafeBufferPointer(start: data, count: count)
    // Texts go right after the header, the eight bytes of the signature and 25 of IHDR.
    var result = Array(bytes.prefix(33))
    result.reserveCapacity(count + 4096)
    for entry in metadata {
      let (name, body) = Metadata.pngChunk(for: entry)
      guard let length = UInt32(exactly: body.count) else {
        throw .unencodable(.png, "metadata '\(entry.key)' is too long")
      }
      let checked = Array(name.utf8) + body
      result += bigEndian(length) + checked + bigEndian(checksum(of: checked))
    }
    result += bytes.dropFirst(33)
    return result
  }

  /// The four bytes of a number.
  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  /// The CRC-32 of PNG (polynomial 0xedb88320, reflected), bit by bit: texts are short.
  private static func checksum(of bytes: [UInt8]) -> UInt32 {
    var crc = ~UInt32(0)
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 0 ? crc >> 1 : (crc >> 1) ^ 0xedb8_8320 }
    }
    return ~crc
  }
}
