import Diagnostics

/// A file about to be decoded.
struct PictureFile {
  /// How errors call it.
  let name: String

  /// All of it.
  let bytes: [UInt8]

  /// The format its first bytes tell.
  let format: Image.Format

  /// What is refused.
  let limits: Image.Limits

  /// Refuses a declared size that is empty or over the limit.
  func check(width: Int, height: Int) throws(DiagnosticError) {
    guard width > 0, height > 0 else { throw .noPixels(name, width: width, height: height) }
    let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
    guard !overflow, pixels <= limits.maximumPixels, pixels <= Int.max / 64 else {
      throw .tooManyPixels(name, width: width, height: height, limit: limits.maximumPixels)
    }
  }

  /// Refuses a strip or tile that is larger than any allowed picture.
  func check(blockBytes: UInt64) throws(DiagnosticError) {
    guard blockBytes / 8 <= UInt64(max(limits.maximumPixels, 1)) else {
      throw damaged("one of its strips or tiles would take \(blockBytes) bytes")
    }
  }

  /// The error for a file that ends early or contradicts itself.
  func damaged(_ detail: String) -> DiagnosticError { .damaged(name, format, detail) }

  /// The error for a kind of file that is not read.
  func unsupported(_ what: String) -> DiagnosticError { .unsupportedVariant(name, format, what) }
}
