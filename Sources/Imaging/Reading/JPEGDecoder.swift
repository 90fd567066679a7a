import CTurboJPEG
import Diagnostics

/// JPEG by TurboJPEG.
enum JPEGDecoder {
  /// Decodes a JPEG file.
  ///
  /// TurboJPEG goes on after damage and returns a picture that is gray from there on, with a
  /// warning; such a picture is refused. The one warning let pass is about superfluous bytes
  /// between segments, which cameras write and which cost no pixel. More than 500 scans, whose
  /// only use is to take time, are an error of its own.
  static func decode(_ file: PictureFile) throws(DiagnosticError) -> DecodedPicture {
    guard let segments = JPEGSegments(file.bytes) else {
      throw file.damaged("it ends before the picture starts")
    }
    try file.check(width: segments.width, height: segments.height)
    guard segments.bitDepth == 8 else {
      throw file.unsupported("\(segments.bitDepth) bits a sample are")
    }
    guard let decoder = tjInitDecompress() else { throw file.damaged("no decoder") }
    defer { tjDestroy(decoder) }

    var width: Int32 = 0, height: Int32 = 0, subsampling: Int32 = 0, colorspace: Int32 = 0
    guard
      tjDecompressHeader3(
        decoder, file.bytes, UInt(file.bytes.count), &width, &height, &subsampling, &colorspace)
        == 0, Int(width) == segments.width, Int(height) == segments.height
    else { throw file.damaged(words(of: decoder)) }

    let (channels, layout, model): (Int, TJPF, Image.ColorModel) =
      switch TJCS(UInt32(bitPattern: colorspace)) {
      case TJCS_GRAY: (1, TJPF_GRAY, .gray)
      case TJCS_CMYK, TJCS_YCCK: (4, TJPF_CMYK, .cmyk)
      default: (3, TJPF_RGB, .rgb)
      }
    var status: Int32 = -1
    let size = channels * segments.width * segments.height
    var samples = [UInt8](unsafeUninitializedCapacity: size) { samples, count in
      status = tjDecompress2(
        decoder, file.bytes, UInt(file.bytes.count), samples.baseAddress, width, 0, height,
        Int32(layout.rawValue), TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS)
      count = size
    }
    guard status == 0 || words(of: decoder).contains("extraneous bytes before marker") else {
      throw file.damaged(words(of: decoder))
    }
    // Programs store CMYK inverted, as Adobe's did first.
    if channels == 4 { for i in samples.indices { samples[i] = ~samples[i] } }
    return DecodedPicture(
      format: .jpeg, width: segments.width, height: segments.height, channels: channels,
      samples: samples, colorModel: model, bitDepth: 8, profile: segments.profile,
      orientation: segments.exif.map(Orientation.value) ?? 1)
  }

  /// What TurboJPEG said last.
  private static func words(of decoder: tjhandle) -> String {
    String(cString: tjGetErrorStr2(decoder))
  }
}
