#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

public import Diagnostics
import ONNXFormat

extension NumericTensor {
  /// Reads a NumPy file (`.npy`) of numbers or truth values in row-major, little-endian order.
  ///
  /// - Throws: ``DiagnosticError`` where the file is none, holds another type or order, or its
  ///   size does not fit its shape.
  public init(contentsOf path: String) throws(DiagnosticError) {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .notNumPy(path, because: "the file cannot be read")
    }
    try self.init(numPy: [UInt8](data), name: path)
  }

  /// Decodes the bytes of a NumPy file.
  public init(numPy bytes: [UInt8], name: String) throws(DiagnosticError) {
    guard bytes.count >= 10, bytes.starts(with: [0x93] + Array("NUMPY".utf8)) else {
      throw .notNumPy(name, because: "it does not begin as one")
    }
    let lengthBytes = bytes[6] == 1 ? 2 : 4
    guard bytes.count >= 8 + lengthBytes else { throw .notNumPy(name, because: "it is truncated") }
    let length = (0..<lengthBytes).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
    let start = 8 + lengthBytes + length
    guard start <= bytes.count else { throw .notNumPy(name, because: "its header is truncated") }
    let header = String(decoding: bytes[(8 + lengthBytes)..<start], as: UTF8.self)
    guard let shape = Self.shape(in: header) else {
      throw .notNumPy(name, because: "its header states no shape")
    }
    guard header.contains("'fortran_order': False") || shape.count < 2 else {
      throw .notNumPy(name, because: "it is in column-major order")
    }
    guard let type = Self.types.first(where: { header.contains("'\($0.code)'") })?.type,
      let width = type.byteWidth
    else {
      throw .notNumPy(name, because: "its elements are no numbers, or big-endian")
    }
    var count = 1
    for side in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: side)
      guard !overflow, product <= bytes.count else {
        throw .notNumPy(name, because: "its shape \(shape) needs more bytes than it has")
      }
      count = product
    }
    guard bytes.count - start == count * width else {
      throw .notNumPy(
        name,
        because:
          "its shape \(shape) needs \(count * width) bytes, but \(bytes.count - start) remain")
    }
    self.init(type, shape: shape, bytes: Array(bytes[start...]))
  }

  /// NumPy's codes of the types that are read.
  private static let types: [(code: String, type: ElementType)] = [
    ("<f4", .float), ("<f8", .double), ("<f2", .float16), ("<i8", .int64), ("<i4", .int32),
    ("<i2", .int16), ("|i1", .int8), ("<u8", .uint64), ("<u4", .uint32), ("<u2", .uint16),
    ("|u1", .uint8), ("|b1", .bool),
  ]

  private static func shape(in header: String) -> [Int]? {
    guard let key = header.firstRange(of: "'shape':"),
      let open = header[key.upperBound...].firstIndex(of: "("),
      let close = header[open...].firstIndex(of: ")")
    else { return nil }
    let parts = header[header.index(after: open)..<close].split(separator: ",")
      .map { $0.filter { !$0.isWhitespace } }.filter { !$0.isEmpty }
    let sides = parts.compactMap { Int($0) }
    return sides.count == parts.count && sides.allSatisfy { $0 >= 0 } ? sides : nil
  }
}
