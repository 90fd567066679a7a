/// Reads protobuf's wire format field by field, without copying and without trusting a length.
struct WireReader {
  /// What stands in the file where a field should be.
  enum Fault: Error, Hashable {
    /// The bytes end before the field does.
    case truncated(field: Int, needs: Int, at: Int)
    /// No protobuf message looks like this.
    case malformed(at: Int)
  }

  /// One field: its number, how it is stored, and where.
  struct Field {
    let number: Int
    let wireType: WireType
    /// Where the field begins, at its tag.
    let start: Int
    /// The payload: after tag and length.
    let payload: Range<Int>

    /// The bytes of tag, length and payload together.
    var span: Range<Int> { start..<payload.upperBound }
  }

  /// How a field's payload is stored.
  enum WireType: UInt8 {
    case varint = 0
    case fixed64 = 1
    case bytes = 2
    case startGroup = 3
    case endGroup = 4
    case fixed32 = 5
  }

  let bytes: UnsafeRawBufferPointer
  private(set) var position: Int
  /// Where the message says that it ends; beyond the bytes when the file is cut short.
  let end: Int

  init(_ bytes: UnsafeRawBufferPointer, range: Range<Int>) {
    self.bytes = bytes
    self.position = range.lowerBound
    self.end = range.upperBound
  }

  /// The next field, or nil at the message's end.
  ///
  /// A length that overruns its message is malformed.  A message that overruns the bytes, as in
  /// a file that was cut, is entered all the same when `enters` its field, so that the caller
  /// learns which inner field is the one cut.
  mutating func next(enters: (Int) -> Bool = { _ in false }) throws(Fault) -> Field? {
    guard position < end else { return nil }
    let start = position
    let tag = try varint(field: 0)
    guard let wireType = WireType(rawValue: UInt8(tag & 7)), tag >> 3 > 0, tag >> 3 < 1 << 29
    else { throw .malformed(at: start) }
    let number = Int(tag >> 3)
    let count: Int
    switch wireType {
    case .varint:
      let from = position
      _ = try varint(field: number)
      return Field(number: number, wireType: wireType, start: start, payload: from..<position)
    case .fixed64: count = 8
    case .fixed32: count = 4
    case .bytes:
      guard let length = Int(exactly: try varint(field: number)) else {
        throw .malformed(at: start)
      }
      count = length
    case .startGroup, .endGroup: throw .malformed(at: start)
    }
    let (last, overflow) = position.addingReportingOverflow(count)
    guard !overflow, last <= end || end >= bytes.count else { throw .malformed(at: start) }
    if last > bytes.count, !enters(number) {
      throw .truncated(field: number, needs: count, at: position)
    }
    let payload = position..<last
    position = payload.upperBound
    return Field(number: number, wireType: wireType, start: start, payload: payload)
  }

  /// A varint field's value.
  func value(of field: Field) -> UInt64 {
    var reader = WireReader(bytes, range: field.payload)
    return (try? reader.varint(field: field.number)) ?? 0
  }

  /// A text field's value.
  func text(of field: Field) -> String {
    String(decoding: bytes[field.payload], as: UTF8.self)
  }

  private mutating func varint(field: Int) throws(Fault) -> UInt64 {
    var result: UInt64 = 0
    for index in 0..<10 {
      guard position < end else { throw .malformed(at: position) }
      guard position < bytes.count else {
        throw .truncated(field: field, needs: 1, at: position)
      }
      let byte = bytes[position]
      position += 1
      result |= UInt64(byte & 0x7f) << (7 * UInt64(index))
      if byte & 0x80 == 0 { return result }
    }
    throw .malformed(at: position)
  }
}
