import GradCAM
import Imaging
import Yams

/// A part of a YAML file, which says where it stands when it is wrong.
struct ConfigNode {
  private let node: Node
  /// The file and what leads to this part, such as `sanity.noise`.
  private let file: String
  let name: String

  /// Reads a file.
  init(contentsOf path: String) throws(DiagnosticError) {
    guard let bytes = try? FileBytes.contents(of: path, limit: 1 << 20) else {
      throw .unreadableConfig(path)
    }
    let text = String(decoding: bytes, as: UTF8.self)
    let composed: Node?
    do {
      composed = try Yams.compose(yaml: text)
    } catch {
      throw .brokenConfig(path, "\(error)")
    }
    guard let composed else { throw .brokenConfig(path, "it is empty") }
    (node, file, name) = (composed, path, "")
  }

  private init(_ node: Node, file: String, name: String) {
    (self.node, self.file, self.name) = (node, file, name)
  }

  /// An error about this part.
  func fault(_ text: String, help: String? = nil) -> DiagnosticError {
    .wrongConfig(file, line: node.mark?.line, name, text, help: help)
  }

  /// The entries by their keys, of which there are no others.
  func fields(_ known: [String]) throws(DiagnosticError) -> [String: ConfigNode] {
    guard case .mapping(let mapping) = node else {
      throw fault("holds no keys", help: "it may have: \(known.joined(separator: ", "))")
    }
    var found: [String: ConfigNode] = [:]
    for (key, value) in mapping {
      let word = key.string ?? ""
      let entry = ConfigNode(value, file: file, name: name.isEmpty ? word : "\(name).\(word)")
      guard known.contains(word) else {
        throw ConfigNode(key, file: file, name: name).fault(
          "has no '\(word)'", help: "it may have: \(known.joined(separator: ", "))")
      }
      found[word] = entry
    }
    return found
  }

  /// The parts of a list.
  func list() throws(DiagnosticError) -> [ConfigNode] {
    guard case .sequence(let sequence) = node else { throw fault("is no list") }
    return sequence.enumerated().map { ConfigNode($1, file: file, name: "\(name)[\($0)]") }
  }

  /// The text.
  func text() throws(DiagnosticError) -> String {
    guard let text = node.scalar?.string, !text.isEmpty else { throw fault("is no text") }
    return text
  }

  /// The number.
  func number(_ range: ClosedRange<Double> = -1e9...1e9) throws(DiagnosticError) -> Double {
    guard let number = node.scalar.flatMap({ Double($0.string) }), range.contains(number) else {
      throw fault("is no number from \(range.lowerBound) through \(range.upperBound)")
    }
    return number
  }

  /// The whole number.
  func integer(_ range: ClosedRange<Int>) throws(DiagnosticError) -> Int {
    guard let number = node.scalar.flatMap({ Int($0.string) }), range.contains(number) else {
      throw fault("is no whole number from \(range.lowerBound) through \(range.upperBound)")
    }
    return number
  }

  /// Whether it says yes or no; nil where it says something else.
  var flag: Bool? { node.bool }

  /// One of some words.
  func choice<Choice>(_ choices: [(String, Choice)]) throws(DiagnosticError) -> Choice {
    let word = try text()
    guard let found = choices.first(where: { $0.0 == word }) else {
      throw fault(
        "is '\(word)'", help: "it may be: \(choices.map(\.0).joined(separator: ", "))")
    }
    return found.1
  }
}
