/// Text that a C function left in a buffer.
enum CStringText {
  /// The text before the buffer's first zero.
  static func text(of buffer: [CChar]) -> String {
    String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
