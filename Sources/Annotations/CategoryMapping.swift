package import Diagnostics
import Imaging

/// Which classes the names of a data set mean, as a file tells.
///
/// JSON: `{"airplane": {"404": "airliner", "895": "warplane"}, "cat": "tabby", "dog": [245, "pug"]}`;
/// or a table of two columns, a name and a class, with a row for each class that a name means.
package struct CategoryMapping: Sendable {
  /// The classes of each name, in lower case.
  package let classes: [String: [Entry]]

  /// A class that a name means, and where that stands.
  package struct Entry: Hashable, Sendable {
    /// The class.
    package let category: ObjectCategory
    /// Where it stands.
    package let place: SourcePlace
  }

  /// Reads a file.
  ///
  /// - Throws: ``DiagnosticError`` where it cannot be read or maps no name.
  package init(contentsOf path: String) throws(DiagnosticError) {
    let bytes = try FileBytes.contents(of: path, limit: 1 << 28)
    let start = bytes.first { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }
    classes =
      start == UInt8(ascii: "{")
      ? try Self.json(bytes, path) : try Self.table(bytes, path)
    guard !classes.isEmpty else {
      throw .brokenAnnotations(
        SourcePlace(file: path), "mapping of classes", because: "it maps no name")
    }
  }

  /// The classes that a name means; nil where it is not mapped.
  package func entries(for name: String) -> [Entry]? { classes[name.lowercased()] }
}

extension CategoryMapping {
  private static func json(
    _ bytes: [UInt8], _ path: String
  ) throws(DiagnosticError) -> [String: [Entry]] {
    let lines = LineIndex(bytes)
    let root: JSONNode
    do throws(JSONFault) { root = try JSONReader.node(bytes) } catch {
      throw .brokenAnnotations(
        SourcePlace(file: path, line: lines.line(at: error.offset)), "mapping of classes",
        because: error.reason)
    }
    var classes: [String: [Entry]] = [:]
    for member in root.members {
      let place = { (node: JSONNode) in SourcePlace(file: path, line: lines.line(at: node.offset)) }
      var entries = member.node.members.map { inner in
        Entry(
          category: ObjectCategory(name: inner.node.text, index: Int(inner.name)),
          place: place(inner.node))
      }
      for node in member.node.elements ?? [member.node] {
        guard let word = node.identifier else { continue }
        entries.append(Entry(category: category(word), place: place(node)))
      }
      classes[member.name.lowercased(), default: []] += entries
    }
    return classes
  }

  private static func table(
    _ bytes: [UInt8], _ path: String
  ) throws(DiagnosticError) -> [String: [Entry]] {
    let table: CSVTable
    do throws(CSVTable.Fault) { table = try CSVTable(bytes) } catch {
      throw .brokenAnnotations(
        SourcePlace(file: path, line: error.line), "mapping of classes", because: error.reason)
    }
    var classes: [String: [Entry]] = [:]
    for (line, fields) in table.rows {
      let place = SourcePlace(file: path, line: line)
      guard fields.count == 2 else {
        throw .brokenAnnotations(
          place, "mapping of classes", because: "a row has \(fields.count) fields, not 2")
      }
      classes[fields[0].lowercased(), default: []].append(
        Entry(category: category(fields[1]), place: place))
    }
    return classes
  }

  /// A class by a word: a number, a WordNet number, or a name.
  private static func category(_ word: String) -> ObjectCategory {
    let isSynset =
      word.count == 9 && word.first == "n" && word.dropFirst().allSatisfy(\.isNumber)
    return ObjectCategory(
      name: isSynset || Int(word) != nil ? nil : word, synset: isSynset ? word : nil,
      index: Int(word))
  }
}
