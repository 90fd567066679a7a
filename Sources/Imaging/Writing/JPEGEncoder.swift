import CTurboJPEG
import Diagnostics

/// JPEG by TurboJPEG.
enum JPEGEncoder {
  /// The bytes of a JPEG file.
  static func encode(
    _ image: Image, metadata: [Metadata.Entry]
  ) throws(DiagnosticError) -> [UInt8] {
    guard image.width <= 65_500, image.height <= 65_500 else {
      throw .unencodable(.jpeg, "a side is longer than 65500 pixels")
    }
    guard let encoder = tjInitCompress() else { throw .unencodable(.jpeg, "no encoder") }
    defer { tjDestroy(encoder) }
    var data: UnsafeMutablePointer<UInt8>?
    var count: UInt = 0
    let status = tjCompress2(
      encoder, image.pixels, Int32(image.width), 0, Int32(image.height),
      Int32(TJPF_RGB.rawValue), &data, &count, Int32(TJSAMP_444.rawValue), 95,
      TJFLAG_ACCURATEDCT)
    defer { tjFree(data) }
    guard status == 0 else {
      throw .unencodable(.jpeg, String(cString: tjGetErrorStr2(encoder)))
    }
    let bytes = UnsafeBufferPointer(start: data, count: Int(count))
    guard !metadata.isEmpty else { return Array(bytes) }

    // The segment follows the start of the image and the JFIF header, which must come first.
    let xmp = JPEGSegments.xmpPrefix + Array(Metadata.xmp(for: metadata).utf8)
    guard xmp.count + 2 <= 0xffff else { throw .unencodable(.jpeg, "its metadata is too long") }
    let header = 4 + Int(bytes[4]) << 8 + Int(bytes[5])
    let length = xmp.count + 2
    return Array(bytes[..<header])
      + [0xff, 0xe1, UInt8(length >> 8), UInt8(length & 0xff)] + xmp + bytes[header...]
  }
}
