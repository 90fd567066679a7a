import CWebP

/// The parts of a WebP file beside its pixels.
enum WebPChunks {
  /// What the first chunk of that name holds.
  static func body(of name: String, in bytes: [UInt8]) -> [UInt8]? {
    bytes.withUnsafeBufferPointer { buffer in
      var data = WebPData(bytes: buffer.baseAddress, size: buffer.count)
      guard let mux = WebPMuxCreate(&data, 0) else { return nil }
      defer { WebPMuxDelete(mux) }
      var chunk = WebPData()
      guard WebPMuxGetChunk(mux, name, &chunk) == WEBP_MUX_OK else { return nil }
      return Array(UnsafeBufferPointer(start: chunk.bytes, count: chunk.size))
    }
  }
}
