/// Reads JSON from bytes, and tells where each value stands.
///
/// A long file need not become values as a whole: ``members(_:)`` and ``elements(_:)`` hand over the
/// reader at each part, which is then read, skipped, or entered.  RFC 8259; nesting is bounded.
struct JSONReader {
  private let bytes: [UInt8]
  /// The byte that is read next.
  private(set) var offset: Int
  private var depth = 0

  /// What nests deeper is refused, for each level takes a frame of the stack.
  private static let deepest = 64

  /// Reads from a byte on.
  init(_ bytes: [UInt8], at offset: Int = 0) {
    self.bytes = bytes
    // A byte-order mark means nothing in UTF-8.
    self.offset = offset == 0 && bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : offset
  }

  /// The whole text as one value.
  static func node(_ bytes: [UInt8]) throws(JSONFault) -> JSONNode {
    var reader = JSONReader(bytes)
    let node = try reader.node()
    try reader.end()
    return node
  }
}

// MARK: - Values

extension JSONReader {
  /// The next value.
  mutating func node() throws(JSONFault) -> JSONNode {
    skipSpace()
    let start = offset
    switch peek {
    case UInt8(ascii: "{"):
      var members: [JSONNode.Member] = []
      try self.members { (name, reader) throws(JSONFault) in
        members.append(.init(name: name, node: try reader.node()))
      }
      return JSONNode(value: .object(members), offset: start)
    case UInt8(ascii: "["):
      var elements: [JSONNode] = []
      try self.elements { (reader) throws(JSONFault) in elements.append(try reader.node()) }
      return JSONNode(value: .array(elements), offset: start)
    case UInt8(ascii: "\""):
      return JSONNode(value: .text(try text()), offset: start)
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return JSONNode(value: .number(try number()), offset: start)
    }
  }

  /// Passes the next value.
  mutating func skip() throws(JSONFault) {
    skipSpace()
    switch peek {
    case UInt8(ascii: "{"):
      try members { (_, reader) throws(JSONFault) in try reader.skip() }
    case UInt8(ascii: "["): try elements { (reader) throws(JSONFault) in try reader.skip() }
    case UInt8(ascii: "\""): try skipText()
    default: _ = try node()
    }
  }

  /// What kind of value comes next: its first byte; 0 at the end.
  mutating func kind() -> UInt8 {
    skipSpace()
    return peek ?? 0
  }

  /// Enters the object that comes next; the body must read or skip each member's value.
  mutating func members(
    _ body: (String, inout JSONReader) throws(JSONFault) -> Void
  ) throws(JSONFault) {
    try enclosed("{", "}", "an object") { (reader) throws(JSONFault) in
      reader.skipSpace()
      guard reader.peek == UInt8(ascii: "\"") else {
        throw reader.fault("a name in quotes is expected")
      }
      let name = try reader.text()
      reader.skipSpace()
      guard reader.take(":") else { throw reader.fault("':' is expected after a name") }
      reader.skipSpace()
      try body(name, &reader)
    }
  }

  /// Enters the array that comes next; the body must read or skip each element.
  mutating func elements(
    _ body: (inout JSONReader) throws(JSONFault) -> Void
  ) throws(JSONFault) {
    try enclosed("[", "]", "an array") { (reader) throws(JSONFault) in
      reader.skipSpace()
      try body(&reader)
    }
  }

  /// Makes sure that nothing follows.
  mutating func end() throws(JSONFault) {
    skipSpace()
    guard offset == bytes.count else { throw fault("something follows the end") }
  }
}

// MARK: - Parts of values

extension JSONReader {
  private var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  /// A fault at the byte read next.
  private func fault(_ reason: String) -> JSONFault {
    JSONFault(reason: offset < bytes.count ? reason : "the text ends early", offset: offset)
  }

  private mutating func skipSpace() {
    while offset < bytes.count {
      switch bytes[offset] {
      case 0x20, 0x09, 0x0a, 0x0d: offset += 1
      default: return
      }
    }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: character) else { return false }
    offset += 1
    return true
  }

  /// Items between brackets, parted by commas.
  private mutating func enclosed(
    _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ what: String,
    _ item: (inout JSONReader) throws(JSONFault) -> Void
  ) throws(JSONFault) {
    skipSpace()
    guard depth < Self.deepest else { throw fault("it nests deeper than \(Self.deepest)") }
    guard take(open) else { throw fault("\(what) is expected") }
    depth += 1
    defer { depth -= 1 }
    skipSpace()
    if take(close) { return }
    while true {
      try item(&self)
      skipSpace()
      if take(close) { return }
      guard take(",") else { throw fault("',' or '\(close)' is expected") }
    }
  }

  private mutating func word(
    _ word: String, _ value: JSONNode.Value
  ) throws(JSONFault) -> JSONNode {
    let start = offset
    guard bytes[start...].starts(with: word.utf8) else { throw fault("a value is expected") }
    offset += word.utf8.count
    return JSONNode(value: value, offset: start)
  }

  /// A number; JSON knows no infinities, and one too large to hold is refused as well.
  private mutating func number() throws(JSONFault) -> Double {
    let start = offset
    while let byte = peek, Self.isNumeric(byte) { offset += 1 }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    guard let number = Double(text), number.isFinite, !text.hasPrefix("+"),
      !text.hasPrefix(".")
    else {
      offset = start
      throw fault(text.isEmpty ? "a value is expected" : "'\(text)' is no number")
    }
    return number
  }

  private static func isNumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
      UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }

  private mutating func skipText() throws(JSONFault) {
    offset += 1
    while let byte = peek {
      offset += 1
      if byte == UInt8(ascii: "\"") { return }
      if byte == UInt8(ascii: "\\") { offset += 1 }
    }
    throw fault("a text does not end")
  }

  private mutating func text() throws(JSONFault) -> String {
    offset += 1
    var units: [UInt8] = []
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        offset += 1
        guard let text = String(validating: units, as: UTF8.self) else {
          throw fault("a text is not UTF-8")
        }
        return text
      case UInt8(ascii: "\\"):
        offset += 1
        units += try escaped().utf8
      case 0..<0x20: throw fault("a text holds a control character")
      default:
        units.append(byte)
        offset += 1
      }
    }
    throw fault("a text does not end")
  }

  /// What stands behind a backslash.
  private mutating func escaped() throws(JSONFault) -> Character {
    guard let byte = peek else { throw fault("a text does not end") }
    offset += 1
    switch byte {
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "u"): return try escapedUnit()
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
      return Character(Unicode.Scalar(byte))
    default: throw fault("'\\' is followed by what it may not be")
    }
  }

  /// Four hexadecimal digits, twice where the first is half of a pair.
  private mutating func escapedUnit() throws(JSONFault) -> Character {
    let first = try fourDigits()
    guard (0xd800..<0xdc00).contains(first) else {
      guard let scalar = Unicode.Scalar(first) else { throw fault("half a character stands alone") }
      return Character(scalar)
    }
    guard take("\\"), take("u") else { throw fault("half a character stands alone") }
    let second = try fourDigits()
    guard (0xdc00..<0xe000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
    else { throw fault("half a character stands alone") }
    return Character(scalar)
  }

  private mutating func fourDigits() throws(JSONFault) -> UInt32 {
    guard offset + 4 <= bytes.count,
      let digits = String(validating: bytes[offset..<offset + 4], as: UTF8.self),
      digits.allSatisfy(\.isHexDigit), let value = UInt32(digits, radix: 16)
    else { throw fault("four hexadecimal digits are expected") }
    offset += 4
    return value
  }
}
