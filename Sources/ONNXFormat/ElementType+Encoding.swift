extension ElementType {
  /// Numbers as little-endian elements of this type, each rounded to the nearest; nil for types
  /// that images do not come in.
  package func bytes(of values: [Float]) -> [UInt8]? {
    switch self {
    case .float: Self.bytes(values.map(\.bitPattern))
    case .double: Self.bytes(values.map { Double($0).bitPattern })
    case .float16: Self.bytes(values.map(\.float16Bits))
    case .bfloat16: Self.bytes(values.map(\.bfloat16Bits))
    case .uint8: values.map { UInt8(min(max($0.rounded(), 0), 255)) }
    default: nil
    }
  }

  private static func bytes(_ words: [some FixedWidthInteger]) -> [UInt8] {
    words.flatMap { word in withUnsafeBytes(of: word.littleEndian) { Array($0) } }
  }
}

extension Float {
  /// The bits of the nearest half-precision float, of two equally near the even one; what is too
  /// large becomes infinite.
  ///
  /// Written out because `Float16` is missing on Intel Macs.
  package var float16Bits: UInt16 {
    let sign = UInt16(bitPattern >> 16 & 0x8000)
    if isNaN { return sign | 0x7e00 }
    let size = magnitude
    // The middle between the largest half and the power of two above it rounds up.
    if size >= 65520 { return sign | 0x7c00 }
    // Below 2⁻¹⁴ steps are even: 2⁻²⁴.  Adding them rounds a fraction up into the exponent.
    let lowest = Float(sign: .plus, exponent: -14, significand: 1)
    if size < lowest {
      let steps = (size * Float(sign: .plus, exponent: 24, significand: 1)).rounded(
        .toNearestOrEven)
      return sign | UInt16(steps)
    }
    let bits = size.bitPattern - (112 << 23)
    let half = bits >> 13
    let rest = bits & 0x1fff
    let roundsUp = rest > 0x1000 || (rest == 0x1000 && half & 1 == 1)
    return sign | UInt16(half + (roundsUp ? 1 : 0))
  }

  /// The bits of the nearest bfloat16, of two equally near the even one.
  package var bfloat16Bits: UInt16 {
    if isNaN { return UInt16(truncatingIfNeeded: bitPattern >> 16) | 0x40 }
    let half = bitPattern >> 16
    let rest = bitPattern & 0xffff
    let roundsUp = rest > 0x8000 || (rest == 0x8000 && half & 1 == 1)
    return UInt16(truncatingIfNeeded: half + (roundsUp ? 1 : 0))
  }
}
