import Diagnostics
import ONNXFormat
import Synchronization

#if canImport(CryptoKit)
  import CryptoKit
#else
  import CLibCrypto
#endif

/// A file's hash, computed when it is first asked for.
final class LazyHash: Sendable {
  private let value = Mutex<String?>(nil)

  /// The SHA-256 of a model's file in hexadecimal.
  func sha256(of file: ModelFile) throws(DiagnosticError) -> String {
    if let known = value.withLock({ $0 }) { return known }
    let digest: [UInt8]
    do {
      digest = try file.withFileBytes(Self.digest)
    } catch {
      throw .unreadableModel(file.path, because: "\(error)")
    }
    let digits = Array("0123456789abcdef")
    let text = String(digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    value.withLock { $0 = text }
    return text
  }

  /// The SHA-256 of some bytes.
  private static func digest(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    #if canImport(CryptoKit)
      var hash = SHA256()
      hash.update(bufferPointer: bytes)
      return Array(hash.finalize())
    #else
      return [UInt8](unsafeUninitializedCapacity: 32) { digest, count in
        let isDone = EVP_Digest(
          bytes.baseAddress, bytes.count, digest.baseAddress, nil, EVP_sha256(), nil)
        count = isDone == 1 ? 32 : 0
      }
    #endif
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
