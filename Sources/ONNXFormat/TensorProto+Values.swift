#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

// MARK: - Making small tensors

extension TensorProto {
  /// A tensor of float32 values, stored inline.
  package init(_ name: String, shape: [Int], floats: [Float]) {
    self.init(name, shape: shape, type: .float, littleEndian: floats.map(\.bitPattern))
  }

  /// A tensor of int64 values, stored inline.
  package init(_ name: String, shape: [Int], int64s: [Int]) {
    self.init(name, shape: shape, type: .int64, littleEndian: int64s.map(Int64.init))
  }

  /// A tensor of any type with a width, from its little-endian bytes, stored inline.
  package init(_ name: String, type: ElementType, shape: [Int], littleEndian bytes: [UInt8]) {
    self.init()
    self.name = name
    self.dims = shape.map(Int64.init)
    self.dataType = type.rawValue
    self.rawData = Data(bytes)
  }

  private init(
    _ name: String, shape: [Int], type: ElementType, littleEndian values: [some FixedWidthInteger]
  ) {
    precondition(shape.reduce(1, *) == values.count, "a tensor's values fill its shape")
    self.init()
    self.name = name
    self.dims = shape.map(Int64.init)
    self.dataType = type.rawValue
    self.rawData = values.map(\.littleEndian).withUnsafeBytes { Data($0) }
  }
}

// MARK: - Facts

extension TensorProto {
  /// The type of the elements.
  package var elementType: ElementType { ElementType(rawValue: dataType) }

  /// The shape, outermost axis first.
  package var shape: [Int] { dims.map { Int(truncatingIfNeeded: $0) } }

  /// Whether the values lie outside this message.
  package var isExternal: Bool { dataLocation == 1 }
}

// MARK: - Reading inline values

extension TensorProto {
  /// The values of an inline integer or boolean tensor, or nil where they are of another type,
  /// outside this message, or do not fill the shape.
  package var inlineIntegers: [Int]? {
    guard !isExternal else { return nil }
    let values: [Int]?
    if hasRawData {
      values =
        switch elementType {
        case .int64: rawValues(of: Int64.self)
        case .int32: rawValues(of: Int32.self)
        case .int16: rawValues(of: Int16.self)
        case .int8: rawValues(of: Int8.self)
        case .uint8, .bool: rawValues(of: UInt8.self)
        case .uint16: rawValues(of: UInt16.self)
        case .uint32: rawValues(of: UInt32.self)
        default: nil
        }
    } else {
      values =
        switch elementType {
        case .int64: int64Data.map { Int($0) }
        case .int32, .int16, .int8, .uint8, .uint16, .bool: int32Data.map { Int($0) }
        case .uint32: uint64Data.map { Int(truncatingIfNeeded: $0) }
        default: nil
        }
    }
    return values.flatMap { $0.count == elementCount ? $0 : nil }
  }

  /// The values of an inline floating-point tensor, under the same conditions.
  package var inlineFloats: [Float]? {
    guard !isExternal else { return nil }
    let values: [Float]?
    switch (elementType, hasRawData) {
    case (.float, true):
      values = rawWords(of: UInt32.self).map { $0.map(Float.init(bitPattern:)) }
    case (.double, true):
      values = rawWords(of: UInt64.self).map { $0.map { Float(Double(bitPattern: $0)) } }
    case (.float16, true):
      values = rawWords(of: UInt16.self).map { $0.map(Float.init(float16Bits:)) }
    case (.bfloat16, true):
      values = rawWords(of: UInt16.self).map { $0.map { Float(bitPattern: UInt32($0) << 16) } }
    case (.float16, false):
      values = int32Data.map { Float(float16Bits: UInt16(truncatingIfNeeded: $0)) }
    case (.bfloat16, false):
      values = int32Data.map { Float(bitPattern: UInt32(UInt16(truncatingIfNeeded: $0)) << 16) }
    case (.float, false): values = floatData
    case (.double, false): values = doubleData.map { Float($0) }
    default: values = nil
    }
    return values.flatMap { $0.count == elementCount ? $0 : nil }
  }

  /// How many elements the shape holds, or nil where it is negative or overflows.
  package var elementCount: Int? {
    dims.reduce(Optional(1)) { count, side in
      guard let count, side >= 0 else { return nil }
      let (product, overflow) = count.multipliedReportingOverflow(
        by: Int(truncatingIfNeeded: side))
      return overflow ? nil : product
    }
  }

  private func rawValues<Word: FixedWidthInteger>(of type: Word.Type) -> [Int]? {
    rawWords(of: type)?.map { Int(truncatingIfNeeded: $0) }
  }

  private func rawWords<Word: FixedWidthInteger>(of type: Word.Type) -> [Word]? {
    let width = MemoryLayout<Word>.size
    guard rawData.count.isMultiple(of: width) else { return nil }
    return rawData.withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count, by: width).map {
        Word(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: Word.self))
      }
    }
  }
}
