package import ONNXFormat

/// What a session says of one of its inputs or outputs.
package struct ValueInfo: Hashable, Sendable {
  /// The value's name.
  package let name: String

  /// The type of its elements; undefined for what is no tensor.
  package let elementType: ElementType

  /// The shape, outermost axis first, with -1 for a side that is not fixed.
  package let shape: [Int]

  /// The name of each side that is not fixed, where it has one; else empty.
  package let symbols: [String]

  /// Whether a tensor of that shape may stand here.
  package func accepts(_ other: [Int]) -> Bool {
    shape.count == other.count
      && zip(shape, other).allSatisfy { $0 == $1 || ($0 < 0 && $1 >= 0) }
  }

  /// The shape as people write it, such as `[N, 3, 224, 224]`, with `?` for an unnamed side.
  package var shapeText: String {
    let sides = zip(shape, symbols).map { side, symbol in
      side >= 0 ? String(side) : symbol.isEmpty ? "?" : symbol
    }
    return "[\(sides.joined(separator: ", "))]"
  }
}
