import CTIFF
public import Diagnostics

extension Raster {
  /// Reads a TIFF file of any number of bands and pages, or another picture as one slice.
  ///
  /// Of TIFF the numbers are those stored, integers of 8, 16 and 32 bits and floats of 32; pages
  /// are slices. Other pictures give red, green and blue, 0 through 255, upright.
  ///
  /// - Throws: ``DiagnosticError`` of kind `input` if there is no such file, it is damaged, its
  ///   pages differ in size, or it exceeds `limits`.
  public init(
    contentsOf path: String, limits: Image.Limits = .default
  ) throws(DiagnosticError) {
    let bytes = try FileBytes.contents(of: path, limit: limits.maximumBytes)
    try self.init(decoding: bytes, name: path, limits: limits)
  }

  /// Reads a file that is already in memory; `name` stands for it in errors.
  public init(
    decoding bytes: [UInt8], name: String, limits: Image.Limits = .default
  ) throws(DiagnosticError) {
    guard Image.Format(startOf: bytes) == .tiff else {
      self.init(
        try Image(decoding: bytes, name: name, limits: limits, convertingToSRGB: false))
      return
    }
    let file = PictureFile(name: name, bytes: bytes, format: .tiff, limits: limits)
    guard let tiff = TIFFFile(bytes) else {
      throw file.damaged("its directory is not where the header says, or ends early")
    }
    var pages: [Raster] = []
    var size = 0
    repeat {
      let page = try TIFFPage(tiff, file, allowed: limits.maximumPixels - size)
      let raster = try page.raster(tiff, file)
      size += raster.values.count
      pages.append(raster)
      guard pages.count <= 1 << 14 else { throw file.unsupported("so many pages are") }
    } while TIFFReadDirectory(tiff.handle) == 1
    guard let stacked = Raster(stacking: pages) else {
      throw file.unsupported("pages of different sizes are")
    }
    self = stacked
  }

  /// Number of pages of a TIFF file; 1 for any other file.
  public static func pageCount(of path: String) -> Int {
    guard let bytes = try? FileBytes.contents(of: path, limit: Image.Limits.default.maximumBytes),
      Image.Format(startOf: bytes) == .tiff, let tiff = TIFFFile(bytes)
    else { return 1 }
    return max(1, Int(TIFFNumberOfDirectories(tiff.handle)))
  }
}

/// How the numbers of a TIFF file's page are stored.
private struct TIFFPage {
  let width, height, samples, bits: Int
  let isFloat, isSigned: Bool

  /// Reads the page's fields, and refuses one of more than so many numbers.
  init(_ tiff: TIFFFile, _ file: PictureFile, allowed: Int) throws(DiagnosticError) {
    width = tiff.long(TIFFTAG_IMAGEWIDTH)
    height = tiff.long(TIFFTAG_IMAGELENGTH)
    samples = tiff.short(TIFFTAG_SAMPLESPERPIXEL, or: 1)
    bits = tiff.short(TIFFTAG_BITSPERSAMPLE, or: 1)
    let format = tiff.short(TIFFTAG_SAMPLEFORMAT, or: 1)
    isFloat = format == SAMPLEFORMAT_IEEEFP
    isSigned = format == SAMPLEFORMAT_INT
    try file.check(width: width, height: height)
    let (count, overflow) = (width * height).multipliedReportingOverflow(by: samples)
    guard samples > 0, !overflow, count <= allowed else {
      throw .tooManyPixels(
        file.name, width: width, height: height, limit: file.limits.maximumPixels)
    }
    let compression = tiff.short(TIFFTAG_COMPRESSION, or: 1)
    guard TIFFIsCODECConfigured(UInt16(compression)) != 0 else {
      throw file.unsupported("compression \(compression) is")
    }
    guard isFloat || isSigned || format == SAMPLEFORMAT_UINT,
      isFloat ? bits == 32 : [8, 16, 32].contains(bits)
    else { throw file.unsupported("samples of \(bits) bits of this kind are") }
  }

  /// The page's numbers, in bands.
  func raster(_ tiff: TIFFFile, _ file: PictureFile) throws(DiagnosticError) -> Raster {
    let layout = TIFFLayout(
      width: width, height: height, channels: samples, samplesPerPixel: samples,
      bytesPerSample: bits / 8, keepsAllBytes: true)
    let bytes = try layout.samples(of: tiff, file)
    let count = width * height
    var values = [Float](repeating: 0, count: count * samples)
    bytes.withUnsafeBytes { raw in
      for index in 0..<count {
        for band in 0..<samples {
          values[band * count + index] = number(raw, (index * samples + band) * bits / 8)
        }
      }
    }
    return Raster(bands: samples, height: height, width: width, values: values)
  }

  /// A number in this machine's order.
  private func number(_ raw: UnsafeRawBufferPointer, _ at: Int) -> Float {
    switch (bits, isFloat, isSigned) {
    case (32, true, _): raw.loadUnaligned(fromByteOffset: at, as: Float.self)
    case (8, _, true): Float(raw.load(fromByteOffset: at, as: Int8.self))
    case (8, _, _): Float(raw[at])
    case (16, _, true): Float(raw.loadUnaligned(fromByteOffset: at, as: Int16.self))
    case (16, _, _): Float(raw.loadUnaligned(fromByteOffset: at, as: UInt16.self))
    case (_, _, true): Float(raw.loadUnaligned(fromByteOffset: at, as: Int32.self))
    default: Float(raw.loadUnaligned(fromByteOffset: at, as: UInt32.self))
    }
  }
}
