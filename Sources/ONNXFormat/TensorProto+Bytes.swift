#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension TensorProto {
  /// An inline tensor's values as little-endian, dense bytes, whichever field holds them; nil for
  /// text and for types whose width is not a whole number of bytes, unless stored raw.
  var inlineBytes: Data? {
    guard !isExternal else { return nil }
    if hasRawData { return rawData }
    return switch elementType {
    case .float, .complex64: Self.bytes(floatData.map(\.bitPattern))
    case .double, .complex128: Self.bytes(doubleData.map(\.bitPattern))
    case .int64: Self.bytes(int64Data)
    case .uint64: Self.bytes(uint64Data)
    case .uint32: Self.bytes(uint64Data.map(UInt32.init(truncatingIfNeeded:)))
    case .int32: Self.bytes(int32Data)
    case .int16, .uint16, .float16, .bfloat16:
      Self.bytes(int32Data.map(UInt16.init(truncatingIfNeeded:)))
    case .int8, .uint8, .bool, .float8e4m3fn, .float8e4m3fnuz, .float8e5m2, .float8e5m2fnuz:
      Self.bytes(int32Data.map(UInt8.init(truncatingIfNeeded:)))
    default: nil
    }
  }

  private static func bytes(_ values: [some FixedWidthInteger]) -> Data {
    values.map(\.littleEndian).withUnsafeBytes { Data($0) }
  }
}
