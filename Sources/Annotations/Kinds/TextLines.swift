/// The lines of a text file with their numbers, counted from 1.
enum TextLines {
  /// The lines that hold something; nil where the bytes are no UTF-8 text.
  static func lines(of bytes: [UInt8]) -> [(number: Int, text: Substring)]? {
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    return text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
      .map { (number: $0.offset + 1, text: $0.element.trimmed) }
      .filter { !$0.text.isEmpty }
  }
}

extension StringProtocol {
  /// Without white space, and without a byte-order mark, at both ends.
  var trimmed: Substring {
    let isKept = { (character: Character) in !character.isWhitespace && character != "\u{feff}" }
    guard let first = firstIndex(where: isKept), let last = lastIndex(where: isKept) else {
      return ""
    }
    return Substring(self[first...last])
  }
}
