/// An element of an XML file, with what is in it.
struct XMLElement {
  let name: String
  /// The line on which it begins, counted from 1.
  let line: Int
  var text = ""
  var children: [XMLElement] = []

  /// The first child of that name.
  subscript(_ name: String) -> XMLElement? { children.first { $0.name == name } }

  /// All children of that name.
  func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

  /// The text without white space at its ends; nil where there is none.
  var content: String? {
    let parts = text.split(whereSeparator: \.isWhitespace)
    guard let first = parts.first, let last = parts.last else { return nil }
    return String(text[first.startIndex..<last.endIndex])
  }

  /// The text as a number.
  var number: Double? { content.flatMap(Double.init) }
}
