/// The type of a tensor's elements, by its number in the ONNX format.
package struct ElementType: RawRepresentable, Hashable, Sendable {
  package let rawValue: Int32

  package init(rawValue: Int32) { self.rawValue = rawValue }

  package static let undefined = ElementType(rawValue: 0)
  package static let float = ElementType(rawValue: 1)
  package static let uint8 = ElementType(rawValue: 2)
  package static let int8 = ElementType(rawValue: 3)
  package static let uint16 = ElementType(rawValue: 4)
  package static let int16 = ElementType(rawValue: 5)
  package static let int32 = ElementType(rawValue: 6)
  package static let int64 = ElementType(rawValue: 7)
  package static let string = ElementType(rawValue: 8)
  package static let bool = ElementType(rawValue: 9)
  package static let float16 = ElementType(rawValue: 10)
  package static let double = ElementType(rawValue: 11)
  package static let uint32 = ElementType(rawValue: 12)
  package static let uint64 = ElementType(rawValue: 13)
  package static let complex64 = ElementType(rawValue: 14)
  package static let complex128 = ElementType(rawValue: 15)
  package static let bfloat16 = ElementType(rawValue: 16)
  package static let float8e4m3fn = ElementType(rawValue: 17)
  package static let float8e4m3fnuz = ElementType(rawValue: 18)
  package static let float8e5m2 = ElementType(rawValue: 19)
  package static let float8e5m2fnuz = ElementType(rawValue: 20)
  package static let uint4 = ElementType(rawValue: 21)
  package static let int4 = ElementType(rawValue: 22)
  package static let float4e2m1 = ElementType(rawValue: 23)
}

// MARK: - Facts

extension ElementType {
  /// Bytes one element takes, or nil where that is not a whole number or not fixed.
  package var byteWidth: Int? { Self.facts[self]?.bytes }

  /// Whether gradients flow through values of this type.
  package var isFloatingPoint: Bool {
    self == .float || self == .double || self == .float16 || self == .bfloat16
  }

  /// The type of the cotangents of values of this type: float32, but float64 for float64.
  ///
  /// Gradients of half-precision values are often below 6 · 10⁻⁸, the smallest number above zero
  /// in float16, and sums of them need more than the eight bits of bfloat16.
  package var cotangentType: ElementType { self == .double ? .double : .float }

  /// How many bytes that many elements take, or nil where the type has no fixed width or the
  /// number overflows.
  package func byteCount(of count: Int) -> Int? {
    guard let byteWidth else { return nil }
    let (bytes, overflow) = count.multipliedReportingOverflow(by: byteWidth)
    return overflow ? nil : bytes
  }

  /// Each known type's name and width.
  private static let facts: [ElementType: (name: String, bytes: Int?)] = [
    .undefined: ("undefined", nil), .string: ("string", nil), .bool: ("bool", 1),
    .float: ("float32", 4), .double: ("float64", 8),
    .float16: ("float16", 2), .bfloat16: ("bfloat16", 2),
    .uint8: ("uint8", 1), .int8: ("int8", 1), .uint16: ("uint16", 2), .int16: ("int16", 2),
    .complex64: ("complex64", 8), .complex128: ("complex128", 16),
    .float8e4m3fn: ("float8e4m3fn", 1), .float8e4m3fnuz: ("float8e4m3fnuz", 1),
    .float8e5m2: ("float8e5m2", 1), .float8e5m2fnuz: ("float8e5m2fnuz", 1),
    .uint4: ("uint4", nil), .int4: ("int4", nil), .float4e2m1: ("float4e2m1", nil),
    .uint32: ("uint32", 4), .int32: ("int32", 4), .uint64: ("uint64", 8), .int64: ("int64", 8),
  ]
}

extension ElementType: CustomStringConvertible {
  /// The name people know, such as `float32`.
  package var description: String { Self.facts[self]?.name ?? "type \(rawValue)" }
}
