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
enum PNGDecoder {
  /// Decodes a PNG file.
  static func decode(_ file: PictureFile) throws(DiagnosticError) -> DecodedPicture {
    let bytes = file.bytes
    guard bytes.count >= 33, bytes[12..<16].elementsEqual("IHDR".utf8) else {
      throw file.damaged("it ends before the picture starts")
    }
    let width = bytes[16..<20].reduce(0) { $0 << 8 | Int($1) }
    let height = bytes[20..<24].reduce(0) { $0 << 8 | Int($1) }
    try file.check(width: width, height: height)

    let colorType = bytes[25]
    let model: Image.ColorModel =
      switch colorType {
      case 0, 4: .gray
      case 3: .palette
      case 6: .rgba
      default: .rgb
      }
    let channels = colorType & 2 == 0 ? 1 : 3
    var status: Int32 = -1
    var message = [CChar](repeating: 0, count: Int(PNG_CODEC_MESSAGE_SIZE))
    var profile: UnsafeMutablePointer<UInt8>?
    var profileCount = 0
    let size = channels * width * height
    let samples = [UInt8](unsafeUninitializedCapacity: size) { samples, count in
      if let samples = samples.baseAddress {
        status = PNGCodecRead(
          bytes, bytes.count, samples, channels * width, &profile, &profileCount, &message)
      }
      count = size
    }
    defer { free(profile) }
    guard status == 0 else { throw file.damaged(CStringText.text(of: message)) }
    let exif = PNGChunks(bytes).first { $0.name == "eXIf" }
    return DecodedPicture(
      format: .png, width: width, height: height, channels: channels, samples: samples,
      colorModel: model, bitDepth: Int(bytes[24]),
      profile: profile.map { Array(UnsafeBufferPointer(start: $0, count: profileCount)) },
      orientation: exif.map { Orientation.value(inEXIF: $0.body) } ?? 1)
  }
}
