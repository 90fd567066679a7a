import CWebP
import Diagnostics

/// WebP by libwebp.
enum WebPDecoder {
  /// Decodes a WebP file.
  static func decode(_ file: PictureFile) throws(DiagnosticError) -> DecodedPicture {
    var features = WebPBitstreamFeatures()
    let status = WebPGetFeatures(file.bytes, file.bytes.count, &features)
    guard status == VP8_STATUS_OK else { throw file.damaged(words(for: status)) }
    let width = Int(features.width), height = Int(features.height)
    try file.check(width: width, height: height)
    guard features.has_animation == 0 else { throw file.unsupported("animation is") }

    var decoded = false
    let size = 3 * width * height
    let samples = [UInt8](unsafeUninitializedCapacity: size) { samples, count in
      decoded =
        WebPDecodeRGBInto(
          file.bytes, file.bytes.count, samples.baseAddress, size, Int32(3 * width)) != nil
      count = size
    }
    guard decoded else { throw file.damaged("its pixels end early or contradict themselves") }
    var picture = DecodedPicture(
      format: .webp, width: width, height: height, channels: 3, samples: samples,
      colorModel: features.has_alpha != 0 ? .rgba : .rgb, bitDepth: 8)
    picture.profile = WebPChunks.body(of: "ICCP", in: file.bytes)
    if let exif = WebPChunks.body(of: "EXIF", in: file.bytes) {
      picture.orientation = Orientation.value(inEXIF: exif)
    }
    return picture
  }

  /// What a status means.
  private static func words(for status: VP8StatusCode) -> String {
    switch status {
    case VP8_STATUS_NOT_ENOUGH_DATA: "it ends before the picture starts"
    case VP8_STATUS_UNSUPPORTED_FEATURE: "it uses a feature that libwebp does not know"
    default: "its header contradicts itself"
    }
  }
}
