import CWebP
import Diagnostics

/// WebP by libwebp.
enum WebPEncoder {
  /// The bytes of a lossy WebP file.
  static func encode(
    _ image: Image, metadata: [Metadata.Entry]
  ) throws(DiagnosticError) -> [UInt8] {
    let largest = Int(WEBP_MAX_DIMENSION)
    guard image.width <= largest, image.height <= largest else {
      throw .unencodable(.webp, "a side is longer than \(largest) pixels")
    }
    var data: UnsafeMutablePointer<UInt8>?
    let count = WebPEncodeRGB(
      image.pixels, Int32(image.width), Int32(image.height), Int32(3 * image.width), 90, &data)
    defer { WebPFree(data) }
    guard count > 0 else { throw .unencodable(.webp, "libwebp failed") }
    guard !metadata.isEmpty else { return Array(UnsafeBufferPointer(start: data, count: count)) }

    guard let mux = WebPMuxNew() else { throw .unencodable(.webp, "libwebp failed") }
    defer { WebPMuxDelete(mux) }
    var bitstream = WebPData(bytes: data, size: count)
    var assembled = WebPData()
    defer { WebPDataClear(&assembled) }
    var packet = Metadata.xmp(for: metadata)
    let isDone = packet.withUTF8 { packet in
      var xmp = WebPData(bytes: packet.baseAddress, size: packet.count)
      return WebPMuxSetImage(mux, &bitstream, 0) == WEBP_MUX_OK
        && WebPMuxSetChunk(mux, "XMP ", &xmp, 1) == WEBP_MUX_OK
        && WebPMuxAssemble(mux, &assembled) == WEBP_MUX_OK
    }
    guard isDone else { throw .unencodable(.webp, "libwebp failed") }
    return Array(UnsafeBufferPointer(start: assembled.bytes, count: assembled.size))
  }
}
