import CTIFF
import Diagnostics

/// Where a TIFF file's samples lie.
struct TIFFLayout {
  /// Pixels in a row.
  let width: Int

  /// Rows.
  let height: Int

  /// Samples of a pixel that are wanted: the first ones.
  let channels: Int

  /// Samples of a pixel that are stored.
  let samplesPerPixel: Int

  /// 1 or 2; 4 too where all bytes are kept.
  let bytesPerSample: Int

  /// Whether samples are given with all their bytes, in this machine's order, instead of the high
  /// one.
  var keepsAllBytes = false

  /// Bytes that are given of a sample.
  private var kept: Int { keepsAllBytes ? bytesPerSample : 1 }

  /// A strip or tile, once decoded.
  private struct Block {
    /// Its place in the picture.
    let x, y: Int

    /// Pixels in one of its rows, padding included.
    let width: Int

    /// The plane it belongs to; nil if samples are interleaved.
    let plane: Int?
  }

  /// The wanted samples, interleaved, 8 bits each unless all bytes are kept.
  func samples(of tiff: TIFFFile, _ file: PictureFile) throws(DiagnosticError) -> [UInt8] {
    let isTiled = TIFFIsTiled(tiff.handle) != 0
    let isPlanar = tiff.short(TIFFTAG_PLANARCONFIG, or: 1) == PLANARCONFIG_SEPARATE
    let blockWidth = isTiled ? tiff.long(TIFFTAG_TILEWIDTH) : width
    let blockHeight =
      isTiled
      ? tiff.long(TIFFTAG_TILELENGTH)
      : min(tiff.long(TIFFTAG_ROWSPERSTRIP, or: Int(UInt32.max)), height)
    guard blockWidth > 0, blockHeight > 0 else { throw file.damaged("its strips are empty") }
    let perPixel = (isPlanar ? 1 : samplesPerPixel) * bytesPerSample
    try file.check(blockBytes: UInt64(blockWidth) * UInt64(blockHeight) * UInt64(perPixel))
    let capacity = Int(isTiled ? TIFFTileSize(tiff.handle) : TIFFStripSize(tiff.handle))
    guard capacity == blockWidth * blockHeight * perPixel else {
      throw file.damaged("its strips or tiles have an unexpected size")
    }

    var result = [UInt8](repeating: 0, count: width * height * channels * kept)
    var buffer = [UInt8](repeating: 0, count: capacity)
    var number: UInt32 = 0
    for plane in 0..<(isPlanar ? channels : 1) {
      for y in stride(from: 0, to: height, by: blockHeight) {
        for x in stride(from: 0, to: width, by: blockWidth) {
          let rows = isTiled ? blockHeight : min(blockHeight, height - y)
          let expected = rows * blockWidth * perPixel
          let got =
            isTiled
            ? TIFFReadEncodedTile(tiff.handle, number, &buffer, tmsize_t(expected))
            : TIFFReadEncodedStrip(tiff.handle, number, &buffer, tmsize_t(expected))
          guard Int(got) == expected else {
            throw file.damaged("strip or tile \(number) ends early or cannot be decoded")
          }
          copy(
            buffer, Block(x: x, y: y, width: blockWidth, plane: isPlanar ? plane : nil),
            rows: min(rows, height - y), into: &result)
          number += 1
        }
      }
    }
    return result
  }

  /// Copies what lies within the picture of one block.
  private func copy(
    _ buffer: [UInt8], _ block: Block, rows: Int, into result: inout [UInt8]
  ) {
    let perPixel = block.plane == nil ? samplesPerPixel : 1
    let columns = min(block.width, width - block.x)
    // The high byte of a 16-bit sample in this machine's order.
    let high = kept == 1 && bytesPerSample == 2 && UInt16(1).littleEndian == 1 ? 1 : 0
    buffer.withUnsafeBufferPointer { from in
      result.withUnsafeMutableBufferPointer { to in
        for row in 0..<rows {
          var source = row * block.width * perPixel * bytesPerSample + high
          var target =
            (((block.y + row) * width + block.x) * channels + (block.plane ?? 0)) * kept
          for _ in 0..<columns {
            for channel in 0..<(block.plane == nil ? channels : 1) {
              for byte in 0..<kept {
                to[target + channel * kept + byte] = from[source + channel * bytesPerSample + byte]
              }
            }
            source += perPixel * bytesPerSample
            target += channels * kept
          }
        }
      }
    }
  }
}
