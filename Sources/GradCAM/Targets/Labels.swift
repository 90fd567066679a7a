#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

public import Diagnostics

/// The names of a model's classes, in the order of its outputs.
public struct Labels: Hashable, Sendable {
  /// Each class's names: the one shown, then synonyms.
  let names: [[String]]
  /// Each class's WordNet number, such as `n02123045`, where it is known.
  private let synsets: [String?]

  /// Labels in the order of classes; commas part synonyms, of which the first is shown.
  ///
  /// A WordNet number before a label (`n02123045 tabby, tabby cat`) is no part of it.
  public init(_ lines: [String]) {
    self.init(lines, synsets: lines.map(Self.synset))
  }

  private init(_ lines: [String], synsets: [String?]) {
    names = lines.map { line in
      let line = Self.withoutNumber(line)
      let parts = line.split(separator: ",").map { $0.trimmed }.filter { !$0.isEmpty }
      return parts.isEmpty ? [line] : parts
    }
    self.synsets = synsets
  }

  /// Reads labels from a file: one class a line, or a JSON array of texts, or a JSON object from
  /// index to text.
  ///
  /// A WordNet number before a label (`n02123045 tabby, tabby cat`) is left out.
  /// - Throws: ``DiagnosticError`` where the file cannot be read or holds no labels.
  public init(contentsOf path: String) throws(DiagnosticError) {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .unreadableLabels(path, because: "the file cannot be read")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw .unreadableLabels(path, because: "the file is no UTF-8 text")
    }
    let lines: [String]
    do throws(Unreadable) { lines = try Self.lines(of: text) } catch {
      throw .unreadableLabels(path, because: error.reason)
    }
    self.init(lines)
  }

  /// Labels in a text of the same forms; nil where it holds none.
  init?(text: String) {
    guard let lines = try? Self.lines(of: text) else { return nil }
    self.init(lines)
  }

  /// The 1000 classes of ImageNet (ILSVRC 2012).
  public static let imageNet = Labels(
    imageNetNames.split(separator: "\n").map(String.init),
    synsets: imageNetSynsets.split(whereSeparator: \.isWhitespace).map(String.init))
}

// MARK: - Reading

extension Labels {
  /// Why a text holds no labels.
  private struct Unreadable: Error {
    let reason: String
  }

  /// The labels that a text holds, in the order of classes.
  private static func lines(of text: String) throws(Unreadable) -> [String] {
    let lines: [String]
    switch text.first(where: { !$0.isWhitespace }) {
    case "[":
      guard let list = try? JSONDecoder().decode([String].self, from: Data(text.utf8)) else {
        throw Unreadable(reason: "the JSON array does not hold texts only")
      }
      lines = list
    case "{":
      // Some exporters print a Python dictionary, whose keys are bare numbers.
      let table =
        (try? JSONDecoder().decode([String: String].self, from: Data(text.utf8)))
        ?? PrintedDictionary(text)?.entries
      guard let table, let listed = ordered(table) else {
        throw Unreadable(reason: "the JSON object does not map 0, 1, 2 … to texts")
      }
      lines = listed
    default:
      lines = text.split(whereSeparator: \.isNewline).map(String.init)
    }
    guard !lines.isEmpty else { throw Unreadable(reason: "the file is empty") }
    return lines
  }

  private static func ordered(_ table: [String: String]) -> [String]? {
    let lines = (0..<table.count).compactMap { table[String($0)] }
    return lines.count == table.count ? lines : nil
  }

  /// The WordNet number that a line begins with.
  private static func synset(_ line: String) -> String? {
    let word = line.prefix { $0 != " " }
    guard word.count == 9, word.count < line.count, word.first == "n",
      word.dropFirst().allSatisfy(\.isNumber)
    else { return nil }
    return String(word)
  }

  private static func withoutNumber(_ line: String) -> String {
    String(line.dropFirst(synset(line)?.count ?? 0)).trimmed
  }
}

// MARK: - Asking

extension Labels {
  /// Number of classes named.
  public var count: Int { names.count }

  /// The label of a class, or nil where there is none.
  public subscript(_ index: Int) -> String? {
    names.indices.contains(index) ? names[index].first : nil
  }

  /// The classes with that label or synonym; case does not count.
  public func classes(labelled label: String) -> [Int] {
    let wanted = label.trimmed.lowercased()
    return names.indices.filter { index in
      names[index].contains { $0.lowercased() == wanted }
        || names[index].joined(separator: ", ").lowercased() == wanted
    }
  }

  /// The class of a WordNet number, such as `n02123045`; nil where none is known to have it.
  public func `class`(synset: String) -> Int? { synsets.firstIndex(of: synset) }

  /// These labels for a model with so many classes.
  ///
  /// A model with one class more than labels, as TensorFlow's ImageNet models have, counts a
  /// background class first.
  func fitted(to classCount: Int) -> Labels {
    guard classCount == count + 1 else { return self }
    return Labels(names: [["background"]] + names, synsets: [nil] + synsets)
  }

  private init(names: [[String]], synsets: [String?]) {
    (self.names, self.synsets) = (names, synsets)
  }
}

extension StringProtocol {
  /// Without white space at both ends.
  fileprivate var trimmed: String {
    let start = drop(while: \.isWhitespace)
    return String(String(start.reversed().drop(while: \.isWhitespace)).reversed())
  }
}
