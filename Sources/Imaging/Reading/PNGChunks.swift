/// A PNG file's chunks, one after the other.
struct PNGChunks: Sequence, IteratorProtocol {
  /// One chunk.
  struct Chunk {
    /// Its four letters.
    let name: String

    /// What it holds.
    let body: ArraySlice<UInt8>
  }

  /// The file.
  private let bytes: [UInt8]

  /// Where the next chunk starts.
  private var at = 8

  /// The chunks of a file that starts with PNG's eight bytes.
  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The next chunk, if it is there as a whole.
  mutating func next() -> Chunk? {
    guard at + 12 <= bytes.count else { return nil }
    let count = bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
    let name = String(decoding: bytes[at + 4..<at + 8], as: UTF8.self)
    guard count <= bytes.count - at - 12 else { return nil }
    defer { at += 12 + count }
    return Chunk(name: name, body: bytes[at + 8..<at + 8 + count])
  }
}
