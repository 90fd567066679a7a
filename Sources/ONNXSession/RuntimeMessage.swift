/// What the runtime says when something fails, made fit to show: the node it is about, and the
/// text without the places in the runtime's own source.
struct RuntimeMessage: Hashable {
  /// The node's name, if the message names one.
  let node: String?

  /// What went wrong, in one line.
  let text: String

  init(_ message: String) {
    let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
    self.node = Self.markers.lazy.compactMap { Self.text(in: line, after: $0, before: $1) }
      .first { !$0.isEmpty }
    var rest = Substring(line)
    if let status = line.ranges(of: " Status Message: ").first {
      rest = line[status.upperBound...]
    }
    let text = Self.withoutPlace(rest)
    self.text = text.isEmpty ? "it does not say why" : String(text)
  }

  /// What OpenVINO says: lines that tell where in its source an exception went through, then why.
  init(openVINO message: String) {
    let lines = message.split(whereSeparator: \.isNewline).map { $0.trimmed }
      .filter { !$0.isEmpty && !$0.hasPrefix("Exception from ") && !$0.hasPrefix("Check '") }
    self.node = nil
    self.text = lines.isEmpty ? "it does not say why" : lines.joined(separator: " ")
  }

  /// What stands before and after a node's name in the messages of the runtime's several parts.
  private static let markers = [
    ("Name:'", "'"), ("In Node, (\"", "\""), ("Node (", ")"), ("of node (", ")"),
  ]

  private static func text(
    in line: String, after opening: String, before closing: String
  ) -> String? {
    guard let start = line.ranges(of: opening).first?.upperBound,
      let end = line[start...].ranges(of: closing).first?.lowerBound
    else { return nil }
    return String(line[start..<end])
  }

  /// The text after `/folder/file.cc:12 type function(parameters)`, if it begins so.
  private static func withoutPlace(_ text: Substring) -> Substring {
    guard text.hasPrefix("/"), let space = text.firstIndex(of: " "),
      text[..<space].contains(":"), let opening = text[space...].firstIndex(of: "(")
    else { return text.trimmed }
    var depth = 0
    for index in text[opening...].indices {
      switch text[index] {
      case "(": depth += 1
      case ")": depth -= 1
      default: continue
      }
      if depth == 0 { return text[text.index(after: index)...].trimmed }
    }
    return text.trimmed
  }
}

extension Substring {
  /// The text without white space at its ends.
  fileprivate var trimmed: Substring {
    var rest = drop(while: \.isWhitespace)
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return rest
  }
}
