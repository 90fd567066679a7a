/// Rows of text in aligned columns.
struct TextTable {
  /// Which side of a column is straight.
  enum Side {
    case left, right
  }

  private let header: [String]
  private let sides: [Side]
  private var rows: [[String]] = []

  /// A table with its column titles.
  init(_ columns: [(title: String, side: Side)]) {
    header = columns.map(\.title)
    sides = columns.map(\.side)
  }

  /// Adds a row.
  mutating func add(_ cells: [String]) { rows.append(cells) }

  /// Each line; the titles in bold where the terminal shows it. Columns with nothing in them are
  /// left out.
  var lines: [String] {
    let columns = header.indices.filter { column in rows.contains { !$0[column].isEmpty } }
    let widths = header.indices.map { column in
      ([header] + rows).map { $0[column].count }.max() ?? 0
    }
    func line(_ cells: [String]) -> String {
      var text = columns.map { column in
        let gap = String(repeating: " ", count: widths[column] - cells[column].count)
        return sides[column] == .left ? cells[column] + gap : gap + cells[column]
      }.joined(separator: "  ")
      while text.last == " " { text.removeLast() }
      return text
    }
    return [TextStyle.bold(line(header))] + rows.map(line)
  }

  /// The lines as one text.
  var text: String { lines.joined(separator: "\n") + "\n" }
}
