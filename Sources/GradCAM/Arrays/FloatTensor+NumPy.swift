#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

public import Diagnostics
import Imaging

extension FloatTensor {
  /// Reads a NumPy file (`.npy`) of float32 or float64 in row-major order.
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
    let isFirst = bytes[6] == 1
    let lengthBytes = isFirst ? 2 : 4
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
    let isDouble = header.contains("'<f8'")
    guard isDouble || header.contains("'<f4'") else {
      throw .notNumPy(name, because: "its numbers are not float32")
    }
    let width = isDouble ? 8 : 4
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
    let values = bytes.withUnsafeBytes { raw in
      (0..<count).map { index -> Float in
        let at = start + index * width
        if isDouble {
          let word = raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)
          return Float(Double(bitPattern: UInt64(littleEndian: word)))
        }
        let word = raw.loadUnaligned(fromByteOffset: at, as: UInt32.self)
        return Float(bitPattern: UInt32(littleEndian: word))
      }
    }
    self.init(shape: shape, values: values)
  }

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

// MARK: - Writing

extension FloatTensor {
  /// The bytes of a NumPy file of float32.
  public var numPy: [UInt8] {
    let sides = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(sides)), }"
    // Version 1 wants the data to begin at a multiple of 64.
    let filled = 10 + header.utf8.count + 1
    header += String(repeating: " ", count: (64 - filled % 64) % 64) + "\n"
    var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
    bytes += [UInt8(header.utf8.count & 0xff), UInt8(header.utf8.count >> 8)]
    bytes += Array(header.utf8)
    bytes.reserveCapacity(bytes.count + 4 * values.count)
    for value in values { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 } }
    return bytes
  }

  /// Writes a NumPy file of float32, which appears as a whole or not at all.
  public func write(to path: String) throws(DiagnosticError) {
    try AtomicFile.write(numPy, to: path)
  }
}
