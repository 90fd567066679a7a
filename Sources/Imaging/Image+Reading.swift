public import Diagnostics

extension Image {
  /// Reads a JPEG, PNG, WebP or TIFF file.
  ///
  /// The pixels are what a person sees: turned upright by the EXIF orientation and converted to
  /// sRGB if the file has another colour profile. Gray is repeated into three channels, the high
  /// byte of 16-bit samples is kept, alpha is dropped (the colours stored under it remain, as by
  /// Pillow's `convert("RGB")`), CMYK without a profile is mixed as (1 − ink)(1 − black), and of
  /// several pages the first is read.
  ///
  /// Preprocessing in Python usually ignores colour profiles: with `convertingToSRGB: false` the
  /// values are as stored, and the pixels exactly those that Pillow gives torchvision.
  ///
  /// - Throws: ``DiagnosticError`` of kind `input` if there is no such file, its format is not
  ///   read, it is damaged or ends early, or it exceeds `limits`, which are checked against the
  ///   file's header before anything is decoded.
  public init(
    contentsOf path: String, limits: Limits = .default, convertingToSRGB: Bool = true
  ) throws(DiagnosticError) {
    let bytes = try FileBytes.contents(of: path, limit: limits.maximumBytes)
    try self.init(
      decoding: bytes, name: path, limits: limits, convertingToSRGB: convertingToSRGB)
  }

  /// Reads a picture that is already in memory; `name` stands for it in errors.
  ///
  /// - Throws: ``DiagnosticError``, as ``init(contentsOf:limits:convertingToSRGB:)`` does.
  public init(
    decoding bytes: [UInt8], name: String = "picture", limits: Limits = .default,
    convertingToSRGB: Bool = true
  ) throws(DiagnosticError) {
    guard !bytes.isEmpty else { throw .emptyPicture(name) }
    guard let format = Format(startOf: bytes) else {
      if let foreign = ForeignFormat.matching(bytes) {
        throw .foreignFormat(
          name, format: foreign.name, conversion: foreign.conversion(of: name))
      }
      throw .unknownFormat(name, start: Hexadecimal.text(of: bytes.prefix(8)))
    }
    let file = PictureFile(name: name, bytes: bytes, format: format, limits: limits)
    let decoded =
      switch format {
      case .jpeg: try JPEGDecoder.decode(file)
      case .png: try PNGDecoder.decode(file)
      case .webp: try WebPDecoder.decode(file)
      case .tiff: try TIFFDecoder.decode(file)
      }
    self = decoded.rgb(convertingToSRGB: convertingToSRGB).upright(name: name)
  }
}

extension Image.Format {
  /// The format that a file's first bytes belong to.
  init?(startOf bytes: [UInt8]) {
    let riff = bytes.starts(with: Array("RIFF".utf8))
    switch true {
    case bytes.starts(with: [0xff, 0xd8, 0xff]): self = .jpeg
    case bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]): self = .png
    case riff && bytes.dropFirst(8).starts(with: Array("WEBP".utf8)): self = .webp
    case Self.tiffStarts.contains { bytes.starts(with: $0) }: self = .tiff
    default: return nil
    }
  }

  /// Little- and big-endian, with 32- and 64-bit offsets.
  private static let tiffStarts: [[UInt8]] = [
    [0x49, 0x49, 0x2a, 0], [0x4d, 0x4d, 0, 0x2a], [0x49, 0x49, 0x2b, 0], [0x4d, 0x4d, 0, 0x2b],
  ]
}
