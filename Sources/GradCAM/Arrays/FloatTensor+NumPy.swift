public import Diagnostics
import Imaging

extension FloatTensor {
  /// Reads a NumPy file (`.npy`) of numbers in row-major, little-endian order; other types than
  /// float32 are converted to it.
  ///
  /// - Throws: ``DiagnosticError`` where the file is none, holds no numbers or another order, or
  ///   its size does not fit its shape.
  public init(contentsOf path: String) throws(DiagnosticError) {
    self.init(try NumericTensor(contentsOf: path))
  }

  /// Decodes the bytes of a NumPy file.
  public init(numPy bytes: [UInt8], name: String) throws(DiagnosticError) {
    self.init(try NumericTensor(numPy: bytes, name: name))
  }

  /// The numbers of a tensor of any type as float32.
  public init(_ tensor: NumericTensor) {
    self.init(shape: tensor.shape, values: tensor.floats)
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
