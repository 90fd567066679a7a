#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

import ONNXFormat

/// Reads one node from its line of text.
struct GraphScanner {
  private let line: Substring
  private var rest: Substring

  init(_ line: Substring) {
    self.line = line
    self.rest = line
  }

  /// The node: outputs, `=`, operator, attributes in angle brackets, inputs in parentheses.
  mutating func node() -> NodeProto {
    let outputs = list(until: "=")
    let path = take { $0 != "<" && $0 != "(" }
    var attributes: [AttributeProto] = []
    if skip("<") {
      while !skip(">") {
        attributes.append(attribute())
        _ = skip(",")
      }
    }
    expect("(")
    let inputs = list(until: ")")
    let dot = path.lastIndex(of: ".")
    let name = dot.map { String(path[path.index(after: $0)...]) } ?? path
    var node = NodeProto(name, inputs, outputs, attributes: attributes)
    if let dot { node.domain = String(path[..<dot]) }
    return node
  }

  private mutating func attribute() -> AttributeProto {
    let name = take { $0 != "=" }
    expect("=")
    guard skip("[") else { return Self.attribute(name, [value()], isList: false) }
    var values: [Value] = []
    while !skip("]") {
      values.append(value())
      _ = skip(",")
    }
    return Self.attribute(name, values, isList: true)
  }

  /// One value of an attribute.
  private enum Value {
    case int(Int), float(Float), text(String)
  }

  private mutating func value() -> Value {
    if skip("\"") {
      let text = take { $0 != "\"" }
      expect("\"")
      return .text(text)
    }
    let word = take { !",]>".contains($0) }
    if let int = Int(word) { return .int(int) }
    guard let float = Float(word) else { preconditionFailure("no value '\(word)' in '\(line)'") }
    return .float(float)
  }

  private static func attribute(
    _ name: String, _ values: [Value], isList: Bool
  ) -> AttributeProto {
    let ints = values.compactMap { if case .int(let value) = $0 { value } else { nil } }
    let texts = values.compactMap { if case .text(let value) = $0 { value } else { nil } }
    let floats = values.compactMap { value in
      switch value {
      case .int(let value): Float(value)
      case .float(let value): value
      case .text: nil
      }
    }
    switch (ints.count == values.count, texts.isEmpty, isList) {
    case (true, _, true): return AttributeProto(name, ints)
    case (true, _, false): return AttributeProto(name, ints[0])
    case (false, true, true): return AttributeProto(name, floats)
    case (false, true, false): return AttributeProto(name, floats[0])
    case (false, false, false): return AttributeProto(name, texts[0])
    case (false, false, true):
      var attribute = AttributeProto()
      attribute.name = name
      attribute.type = AttributeProto.Kind.strings
      attribute.strings = texts.map { Data($0.utf8) }
      return attribute
    }
  }

  // MARK: Characters

  private mutating func skipSpace() { rest = rest.drop(while: \.isWhitespace) }

  private mutating func skip(_ character: Character) -> Bool {
    skipSpace()
    guard rest.first == character else { return false }
    rest.removeFirst()
    return true
  }

  private mutating func expect(_ character: Character) {
    precondition(skip(character), "no '\(character)' before '\(rest)' in '\(line)'")
  }

  private mutating func take(while condition: (Character) -> Bool) -> String {
    skipSpace()
    let taken = rest.prefix(while: condition)
    rest.removeFirst(taken.count)
    return String(taken.reversed().drop(while: \.isWhitespace).reversed())
  }

  /// Names with commas between them, up to a character; an empty list is possible.
  private mutating func list(until end: Character) -> [String] {
    let text = take { $0 != end }
    expect(end)
    guard !text.isEmpty else { return [] }
    return text.split(separator: ",", omittingEmptySubsequences: false).map {
      String($0.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
  }
}
