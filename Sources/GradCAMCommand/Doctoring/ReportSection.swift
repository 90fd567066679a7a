/// A part of a report: facts with their names, for people and for machines.
struct ReportSection {
  /// Its heading.
  let title: String
  /// Its name in JSON.
  let key: String
  private(set) var facts: [Fact] = []

  /// One fact.
  struct Fact {
    let name: String
    let lines: [String]
    let key: String
    let value: JSONValue
  }

  /// An empty section.
  init(_ title: String, key: String) {
    self.title = title
    self.key = key
  }

  /// Adds a fact, which may take several lines.
  mutating func add(_ name: String, _ lines: [String], _ key: String, _ value: JSONValue) {
    facts.append(Fact(name: name, lines: lines, key: key, value: value))
  }

  /// Adds a fact that reads the same for both.
  mutating func add(_ name: String, _ text: String, _ key: String) {
    add(name, [text], key, .text(text))
  }

  /// The section for machines.
  var json: JSONValue { .object(facts.map { ($0.key, $0.value) }) }

  /// The section for people.
  var text: String {
    let width = facts.map(\.name.count).max() ?? 0
    var text = TextStyle.bold(title) + "\n"
    for fact in facts {
      for (index, line) in fact.lines.enumerated() {
        let name = index == 0 ? fact.name : ""
        text += "  " + name + String(repeating: " ", count: width - name.count + 2) + line + "\n"
      }
    }
    return text
  }
}
