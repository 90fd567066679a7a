/// A table in text: rows of fields parted by commas, or by semicolons or tabs.
///
/// RFC 4180: a field in quotes may hold separators, line breaks, and quotes written twice.
struct CSVTable {
  /// The rows that hold something, each with the line on which it begins, counted from 1.
  let rows: [(line: Int, fields: [String])]

  /// Why a text is no table, and on which line.
  struct Fault: Error, Hashable {
    let reason: String
    let line: Int
  }

  /// Reads a table.
  init(_ bytes: [UInt8]) throws(Fault) {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Fault(reason: "it is not UTF-8 text", line: 1)
    }
    let separator = Self.separator(of: text)
    var rows: [(line: Int, fields: [String])] = []
    var (fields, field) = ([String](), "")
    var (line, start) = (1, 1)
    var (isQuoted, wasQuoted) = (false, false)
    var rest = text.drop { $0 == "\u{feff}" }
    func finishRow() {
      fields.append(wasQuoted ? field : String(field.trimmed))
      if fields != [""] { rows.append((line: start, fields: fields)) }
      (fields, field, wasQuoted) = ([], "", false)
    }
    while let character = rest.popFirst() {
      switch character {
      case "\"" where isQuoted && rest.first == "\"":
        field.append("\"")
        rest.removeFirst()
      case "\"" where isQuoted: isQuoted = false
      case "\"" where field.trimmed.isEmpty: (isQuoted, wasQuoted, field) = (true, true, "")
      case _ where isQuoted:
        field.append(character)
        if character.isNewline { line += 1 }
      case separator:
        fields.append(wasQuoted ? field : String(field.trimmed))
        (field, wasQuoted) = ("", false)
      case _ where character.isNewline:
        finishRow()
        line += 1
        start = line
      default: field.append(character)
      }
    }
    guard !isQuoted else { throw Fault(reason: "a quote is not closed", line: start) }
    finishRow()
    self.rows = rows
  }

  /// The separator of which the first line has most.
  private static func separator(of text: String) -> Character {
    let line = text.prefix { !$0.isNewline }
    let candidates: [Character] = [",", ";", "\t"]
    return candidates.max { first, second in
      line.count { $0 == first } < line.count { $0 == second }
    } ?? ","
  }
}
