import CTIFF
import Diagnostics

/// TIFF by libtiff: the first page.
///
/// Samples of 8 and 16 bits as gray, RGB, palette and CMYK, in strips or tiles, interleaved or in
/// planes, are copied as they are; what is rarer (bilevel, 4 bits, subsampled YCbCr, Lab) goes
/// through libtiff's own conversion to RGBA.
enum TIFFDecoder {
  /// Decodes a TIFF file.
  static func decode(_ file: PictureFile) throws(DiagnosticError) -> DecodedPicture {
    guard let tiff = TIFFFile(file.bytes) else {
      throw file.damaged("its directory is not where the header says, or ends early")
    }
    let width = tiff.long(TIFFTAG_IMAGEWIDTH), height = tiff.long(TIFFTAG_IMAGELENGTH)
    try file.check(width: width, height: height)
    let compression = tiff.short(TIFFTAG_COMPRESSION, or: 1)
    guard TIFFIsCODECConfigured(UInt16(compression)) != 0 else {
      throw file.unsupported("compression \(compression) is")
    }
    let isJPEG = compression == COMPRESSION_JPEG
    let stated = tiff.short(TIFFTAG_PHOTOMETRIC, or: Int(PHOTOMETRIC_MINISBLACK))
    if isJPEG && stated == PHOTOMETRIC_YCBCR { TIFFDecodeJPEGToRGB(tiff.handle) }
    let photometric = isJPEG && stated == PHOTOMETRIC_YCBCR ? Int(PHOTOMETRIC_RGB) : stated

    let bits = tiff.short(TIFFTAG_BITSPERSAMPLE, or: 1)
    let perPixel = tiff.short(TIFFTAG_SAMPLESPERPIXEL, or: 1)
    guard tiff.short(TIFFTAG_SAMPLEFORMAT, or: 1) == SAMPLEFORMAT_UINT else {
      throw file.unsupported("samples that are not unsigned integers are")
    }
    guard perPixel <= 16 else { throw file.unsupported("\(perPixel) samples a pixel are") }
    let (channels, model): (Int, Image.ColorModel) =
      switch Int32(photometric) {
      case PHOTOMETRIC_MINISBLACK, PHOTOMETRIC_MINISWHITE: (1, .gray)
      case PHOTOMETRIC_PALETTE: (1, .palette)
      case PHOTOMETRIC_SEPARATED: (4, .cmyk)
      default: (3, perPixel > 3 ? .rgba : .rgb)
      }
    let direct = [
      PHOTOMETRIC_MINISBLACK, PHOTOMETRIC_MINISWHITE, PHOTOMETRIC_RGB, PHOTOMETRIC_SEPARATED,
    ].contains(Int32(photometric))
    let isPalette = photometric == PHOTOMETRIC_PALETTE
    var picture: DecodedPicture
    if perPixel >= channels, bits == 8 || bits == 16 && direct, direct || isPalette {
      let layout = TIFFLayout(
        width: width, height: height, channels: channels, samplesPerPixel: perPixel,
        bytesPerSample: bits / 8)
      var samples = try layout.samples(of: tiff, file)
      if photometric == PHOTOMETRIC_MINISWHITE {
        for i in samples.indices { samples[i] = ~samples[i] }
      }
      if isPalette {
        guard let palette = tiff.palette else { throw file.damaged("it lacks its palette") }
        samples = samples.flatMap { palette[3 * Int($0)..<3 * Int($0) + 3] }
      }
      picture = DecodedPicture(
        format: .tiff, width: width, height: height, channels: isPalette ? 3 : channels,
        samples: samples, colorModel: model, bitDepth: bits)
    } else {
      picture = DecodedPicture(
        format: .tiff, width: width, height: height, channels: 3,
        samples: try converted(tiff, file, width: width, height: height), colorModel: model,
        bitDepth: bits)
    }
    picture.profile = tiff.profile
    let orientation = tiff.short(TIFFTAG_ORIENTATION, or: 1)
    picture.orientation = (1...8).contains(orientation) ? orientation : 1
    return picture
  }

  /// The picture by libtiff's own conversion.
  private static func converted(
    _ tiff: TIFFFile, _ file: PictureFile, width: Int, height: Int
  ) throws(DiagnosticError) -> [UInt8] {
    var message = [CChar](repeating: 0, count: 1024)
    guard TIFFRGBAImageOK(tiff.handle, &message) == 1 else {
      throw file.unsupported("this kind of samples is")
    }
    try file.check(
      blockBytes: TIFFIsTiled(tiff.handle) != 0
        ? TIFFTileSize64(tiff.handle) : TIFFStripSize64(tiff.handle))
    // Asking for the orientation that the file has keeps libtiff from turning anything.
    let orientation = Int32(tiff.short(TIFFTAG_ORIENTATION, or: 1))
    var done = false
    let raster = [UInt32](unsafeUninitializedCapacity: width * height) { raster, count in
      done =
        TIFFReadRGBAImageOriented(
          tiff.handle, UInt32(width), UInt32(height), raster.baseAddress, orientation, 1) == 1
      count = width * height
    }
    guard done else { throw file.damaged("its pixels end early or contradict themselves") }
    return [UInt8](unsafeUninitializedCapacity: 3 * raster.count) { samples, count in
      for i in raster.indices {
        samples[3 * i] = UInt8(truncatingIfNeeded: raster[i])
        samples[3 * i + 1] = UInt8(truncatingIfNeeded: raster[i] >> 8)
        samples[3 * i + 2] = UInt8(truncatingIfNeeded: raster[i] >> 16)
      }
      count = 3 * raster.count
    }
  }
}
