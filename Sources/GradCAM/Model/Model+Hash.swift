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
    let digest = try Self.digest(file)
    let digits = Array("0123456789abcdef")
    let text = String(digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    value.withLock { $0 = text }
    return text
  }

  /// The SHA-256 of a model's file.
  private static func digest(_ file: ModelFile) throws(DiagnosticError) -> [UInt8] {
    #if canImport(CryptoKit)
      var hash = SHA256()
      try file.readThrough { hash.update(bufferPointer: $0) }
      return Array(hash.finalize())
    #else
      let context = EVP_MD_CTX_new()
      defer { EVP_MD_CTX_free(context) }
      EVP_DigestInit_ex(context, EVP_sha256(), nil)
      try file.readThrough { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
      return [UInt8](unsafeUninitializedCapacity: 32) { digest, count in
        EVP_DigestFinal_ex(context, digest.baseAddress, nil)
        count = 32
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
