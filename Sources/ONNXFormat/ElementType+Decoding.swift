// MARK: - Elements as numbers

extension ElementType {
  /// Little-endian elements of this type as float32, or nil where the type is no number or the
  /// bytes are no whole number of elements.
  package func floats(_ bytes: UnsafeRawBufferPointer) -> [Float]? {
    switch self {
    case .float: bytes.words(UInt32.self)?.map { Float(bitPattern: $0) }
    case .double: bytes.words(UInt64.self)?.map { Float(Double(bitPattern: $0)) }
    case .float16: bytes.words(UInt16.self)?.map { Float(float16Bits: $0) }
    case .bfloat16: bytes.words(UInt16.self)?.map { Float(bitPattern: UInt32($0) << 16) }
    default: integers(bytes)?.map { Float($0) }
    }
  }

  /// Little-endian elements of this integer or boolean type, under the same conditions; unsigned
  /// numbers too large become the largest integer.
  package func integers(_ bytes: UnsafeRawBufferPointer) -> [Int]? {
    switch self {
    case .int64: bytes.words(Int64.self)?.map { Int($0) }
    case .uint64: bytes.words(UInt64.self)?.map { Int(clamping: $0) }
    case .int32: bytes.words(Int32.self)?.map { Int($0) }
    case .uint32: bytes.words(UInt32.self)?.map { Int($0) }
    case .int16: bytes.words(Int16.self)?.map { Int($0) }
    case .uint16: bytes.words(UInt16.self)?.map { Int($0) }
    case .int8: bytes.words(Int8.self)?.map { Int($0) }
    case .uint8, .bool: bytes.words(UInt8.self)?.map { Int($0) }
    default: nil
    }
  }
}

extension UnsafeRawBufferPointer {
  /// The words stored one after the other, whatever their alignment.
  fileprivate func words<Word: FixedWidthInteger>(_ type: Word.Type) -> [Word]? {
    let width = MemoryLayout<Word>.size
    guard count.isMultiple(of: width) else { return nil }
    return [Word](unsafeUninitializedCapacity: count / width) { buffer, filled in
      for index in 0..<count / width {
        let word = loadUnaligned(fromByteOffset: index * width, as: Word.self)
        buffer.initializeElement(at: index, to: Word(littleEndian: word))
      }
      filled = count / width
    }
  }
}

extension Float {
  /// The number that a half-precision float's bits stand for, exactly.
  ///
  /// Written out because `Float16` is missing on Intel Macs.
  package init(float16Bits bits: UInt16) {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10 & 0x1f)
    let fraction = UInt32(bits & 0x3ff)
    switch (exponent, fraction) {
    case (0, _):
      // Zero and subnormal numbers: fraction × 2⁻²⁴.
      let magnitude = Float(fraction) * Float(sign: .plus, exponent: -24, significand: 1)
      self = sign == 0 ? magnitude : -magnitude
    case (0x1f, _): self.init(bitPattern: sign | 0x7f80_0000 | fraction << 13)
    default: self.init(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}
