/// How a text looks on a terminal.
enum TextStyle: String {
  case bold = "1"
  case dim = "2"
  case red = "31"
  case yellow = "33"

  /// The text in this style, where the stream shows it.
  func callAsFunction(_ text: String, on stream: StandardStream = .output) -> String {
    stream.isColored ? "\u{1b}[\(rawValue)m\(text)\u{1b}[0m" : text
  }
}
