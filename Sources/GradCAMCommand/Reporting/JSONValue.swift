/// A value of JSON whose objects keep the order they were written in.
///
/// `JSONEncoder` either sorts keys or shuffles them; a report reads better in its own order.
enum JSONValue: Sendable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case array([JSONValue])
  case object([(String, JSONValue)])

  /// A float in the fewest digits that name it.
  static func number(_ value: Float) -> JSONValue {
    .number(Double("\(value)") ?? Double(value))
  }

  /// A text, or null.
  static func text(_ value: String?) -> JSONValue { value.map { .text($0) } ?? .null }
}

// MARK: - Writing

extension JSONValue {
  /// The value in lines, indented by two spaces a level; arrays of numbers stay in one line.
  func text(indent: String = "") -> String {
    switch self {
    case .null: return "null"
    case .bool(let value): return value ? "true" : "false"
    case .integer(let value): return "\(value)"
    case .number(let value): return value.isFinite ? "\(value)" : "null"
    case .text(let value): return Self.quoted(value)
    case .array(let values):
      if values.isEmpty { return "[]" }
      if values.allSatisfy(\.isPlain) {
        return "[" + values.map { $0.text() }.joined(separator: ", ") + "]"
      }
      return Self.block(values.map { $0.text(indent: indent + "  ") }, "[", "]", indent)
    case .object(let entries):
      if entries.isEmpty { return "{}" }
      let lines = entries.map { key, value in
        "\(Self.quoted(key)): \(value.text(indent: indent + "  "))"
      }
      return Self.block(lines, "{", "}", indent)
    }
  }

  private var isPlain: Bool {
    switch self {
    case .null, .bool, .integer, .number: true
    case .text, .array, .object: false
    }
  }

  private static func block(
    _ lines: [String], _ open: String, _ close: String, _ indent: String
  ) -> String {
    "\(open)\n\(indent)  " + lines.joined(separator: ",\n\(indent)  ") + "\n\(indent)\(close)"
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\u{0}"..<"\u{20}", "\u{7f}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
