import Crypto
import Diagnostics
import ONNXFormat
import Synchronization

/// A file's hash, computed when it is first asked for.
final class LazyHash: Sendable {
  private let value = Mutex<String?>(nil)

  /// The SHA-256 of a model's file in hexadecimal.
  func sha256(of file: ModelFile) throws(DiagnosticError) -> String {
    if let known = value.withLock({ $0 }) { return known }
    var hash = SHA256()
    do {
      try file.withFileBytes { hash.update(bufferPointer: $0) }
    } catch {
      throw .unreadableModel(file.path, because: "\(error)")
    }
    let digits = Array("0123456789abcdef")
    let text = String(hash.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    value.withLock { $0 = text }
    return text
  }
}

extension Model {
  /// The SHA-256 of the model's file in hexadecimal, as `sha256sum` prints it.
  ///
  /// External weight files are not part of it.
  public var sha256: String {
    get throws(DiagnosticError) { try hash.sha256(of: file) }
  }
}
