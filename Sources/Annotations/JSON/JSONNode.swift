/// A value of JSON that knows where it stands.
struct JSONNode: Hashable, Sendable {
  /// What it is.
  let value: Value
  /// Its first byte in the text.
  let offset: Int

  /// The kinds of values.
  indirect enum Value: Hashable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    case array([JSONNode])
    case object([Member])
  }

  /// A name and what it stands for.
  struct Member: Hashable, Sendable {
    let name: String
    let node: JSONNode
  }
}

// MARK: - Asking

extension JSONNode {
  /// The member of that name, the last of several; nil where there is none or it is null.
  subscript(_ name: String) -> JSONNode? {
    guard case .object(let members) = value,
      let node = members.last(where: { $0.name == name })?.node, node.value != .null
    else { return nil }
    return node
  }

  /// All members; none of what is no object.
  var members: [Member] {
    if case .object(let members) = value { members } else { [] }
  }

  /// The elements, of an array.
  var elements: [JSONNode]? {
    if case .array(let elements) = value { elements } else { nil }
  }

  /// The text.
  var text: String? {
    if case .text(let text) = value { text } else { nil }
  }

  /// The number.
  var number: Double? {
    if case .number(let number) = value { number } else { nil }
  }

  /// The number, where it is whole and exact.
  var integer: Int? {
    guard let number, abs(number) <= 9_007_199_254_740_992 else { return nil }
    return Int(exactly: number)
  }

  /// Whether it stands for yes: true, or a number other than 0.
  var flag: Bool {
    switch value {
    case .bool(let flag): flag
    case .number(let number): number != 0
    default: false
    }
  }

  /// The numbers of an array that holds nothing else.
  var numbers: [Double]? {
    guard let elements else { return nil }
    let numbers = elements.compactMap(\.number)
    return numbers.count == elements.count ? numbers : nil
  }

  /// A whole number, or a text, as a text: what serves as an identifier.
  var identifier: String? { integer.map(String.init) ?? text }
}
