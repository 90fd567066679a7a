import ONNXFormat

/// A dense array of numbers of any type that models take, such as what is fed to an input beside
/// the image.
public struct NumericTensor: Hashable, Sendable {
  /// The type of the elements.
  let elementType: ElementType
  /// The sides, outermost axis first; none for a single number.
  public let shape: [Int]
  /// The elements in row-major order, little-endian.
  let bytes: [UInt8]

  init(_ elementType: ElementType, shape: [Int], bytes: [UInt8]) {
    precondition(
      elementType.byteCount(of: shape.reduce(1, *)) == bytes.count,
      "a tensor's values fill its shape")
    self.elementType = elementType
    self.shape = shape
    self.bytes = bytes
  }
}

// MARK: - Making one

extension NumericTensor {
  /// A tensor of float32.
  ///
  /// - Precondition: the values fill the shape.
  public init(shape: [Int], floats: [Float]) {
    self.init(.float, shape: shape, bytes: Self.littleEndian(floats.map(\.bitPattern)))
  }

  /// A tensor of int64.
  ///
  /// - Precondition: the values fill the shape.
  public init(shape: [Int], integers: [Int]) {
    self.init(.int64, shape: shape, bytes: Self.littleEndian(integers.map { Int64($0) }))
  }

  /// A tensor of truth values.
  ///
  /// - Precondition: the values fill the shape.
  public init(shape: [Int], booleans: [Bool]) {
    self.init(.bool, shape: shape, bytes: booleans.map { $0 ? 1 : 0 })
  }

  /// A tensor of float64.
  init(doubles: [Double], shape: [Int]) {
    self.init(.double, shape: shape, bytes: Self.littleEndian(doubles.map(\.bitPattern)))
  }

  private static func littleEndian(_ words: [some FixedWidthInteger]) -> [UInt8] {
    words.map(\.littleEndian).withUnsafeBytes { Array($0) }
  }
}

// MARK: - Reading it

extension NumericTensor {
  /// The type of the elements as NumPy calls it, such as `float32` or `bool`.
  public var typeName: String { elementType.description }

  /// How many elements there are.
  public var count: Int { shape.reduce(1, *) }

  /// The elements as float32, whatever their type.
  public var floats: [Float] { bytes.withUnsafeBytes { elementType.floats($0) ?? [] } }

  /// The elements as float64, which holds integers up to 2^53 as they are.
  var doubles: [Double] {
    guard elementType == .double else {
      return elementType.isFloatingPoint ? floats.map(Double.init) : integers.map(Double.init)
    }
    return bytes.withUnsafeBytes { raw in
      (0..<count).map { index in
        let word = raw.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)
        return Double(bitPattern: UInt64(littleEndian: word))
      }
    }
  }

  /// The elements of integers and truth values; empty for other types.
  var integers: [Int] { bytes.withUnsafeBytes { elementType.integers($0) ?? [] } }
}

// MARK: - In another type

extension NumericTensor {
  /// The same numbers in another type, or nil where it cannot hold one of them, such as 0.5 in
  /// int64, or holds no numbers.
  ///
  /// Numbers too fine for a floating-point type are rounded to it; any number but 0 is true.
  func converted(to type: ElementType) -> NumericTensor? {
    if type == elementType { return self }
    switch type {
    case .float: return NumericTensor(shape: shape, floats: floats)
    case .double:
      return NumericTensor(type, shape: shape, bytes: Self.littleEndian(doubles.map(\.bitPattern)))
    case .bool: return NumericTensor(shape: shape, booleans: doubles.map { $0 != 0 })
    case .int64: return converted(type, Int64.self)
    case .uint64: return converted(type, UInt64.self)
    case .int32: return converted(type, Int32.self)
    case .uint32: return converted(type, UInt32.self)
    case .int16: return converted(type, Int16.self)
    case .uint16: return converted(type, UInt16.self)
    case .int8: return converted(type, Int8.self)
    case .uint8: return converted(type, UInt8.self)
    default: return nil
    }
  }

  private func converted<Word: FixedWidthInteger>(
    _ type: ElementType, _ word: Word.Type
  ) -> NumericTensor? {
    let words =
      elementType.isFloatingPoint
      ? doubles.compactMap { Word(exactly: $0) } : integers.compactMap { Word(exactly: $0) }
    guard words.count == count else { return nil }
    return NumericTensor(type, shape: shape, bytes: Self.littleEndian(words))
  }

  /// The same elements under another shape of as many.
  func reshaped(_ shape: [Int]) -> NumericTensor {
    NumericTensor(elementType, shape: shape, bytes: bytes)
  }
}
