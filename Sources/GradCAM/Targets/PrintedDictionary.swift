/// A dictionary from numbers to texts as Python prints it: `{0: 'person', 1: "driver's seat"}`.
struct PrintedDictionary {
  /// The texts by their numbers.
  private(set) var entries: [String: String] = [:]

  /// Reads the dictionary; nil where the text is none.
  init?(_ text: String) {
    var rest = Substring(text)
    func skip(_ characters: String) {
      rest = rest.drop { $0.isWhitespace || characters.contains($0) }
    }
    skip("")
    guard rest.popFirst() == "{" else { return nil }
    while true {
      skip(",")
      if rest.first == "}" { return }
      let number = rest.prefix(while: \.isNumber)
      rest = rest.dropFirst(number.count)
      skip("")
      guard !number.isEmpty, rest.popFirst() == ":" else { return nil }
      skip("")
      guard let quote = rest.popFirst(), quote == "'" || quote == "\"" else { return nil }
      var value = ""
      while let character = rest.popFirst(), character != quote {
        if character == "\\" {
          value.append(rest.popFirst() ?? "\\")
        } else {
          value.append(character)
        }
      }
      entries[String(number)] = value
      guard !rest.isEmpty else { return nil }
    }
  }
}
