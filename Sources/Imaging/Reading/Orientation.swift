import CEXIF

/// The EXIF orientation, by libexif.
enum Orientation {
  /// The orientation that EXIF data (with or without its `Exif` prefix) states, 1 through 8; 1 if
  /// it states none.
  static func value(inEXIF bytes: some Collection<UInt8>) -> Int {
    let prefix = Array("Exif\0\0".utf8)
    let whole = bytes.starts(with: prefix) ? Array(bytes) : prefix + bytes
    guard whole.count < 1 << 24,
      let data = exif_data_new_from_data(whole, UInt32(whole.count))
    else { return 1 }
    defer { exif_data_unref(data) }
    guard let content = data.pointee.ifd.0,
      let entry = exif_content_get_entry(content, EXIF_TAG_ORIENTATION),
      entry.pointee.format == EXIF_FORMAT_SHORT, entry.pointee.components >= 1,
      entry.pointee.size >= 2, let value = entry.pointee.data
    else { return 1 }
    let orientation = Int(exif_get_short(value, exif_data_get_byte_order(data)))
    return (1...8).contains(orientation) ? orientation : 1
  }
}
