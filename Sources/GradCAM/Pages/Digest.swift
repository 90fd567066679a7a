#if canImport(CryptoKit)
  import CryptoKit
#else
  import CLibCrypto
#endif

/// Hashes of bytes.
package enum Digest {
  /// The 32 bytes of a SHA-256 of bytes in memory.
  package static func sha256(of bytes: [UInt8]) -> [UInt8] {
    sha256(reading: { update in bytes.withUnsafeBytes(update) })
  }

  /// The same of bytes that are handed over piece by piece.
  static func sha256<E: Error>(
    reading read: ((UnsafeRawBufferPointer) -> Void) throws(E) -> Void
  ) throws(E) -> [UInt8] {
    #if canImport(CryptoKit)
      var hash = SHA256()
      try read { hash.update(bufferPointer: $0) }
      return Array(hash.finalize())
    #else
      let context = EVP_MD_CTX_new()
      defer { EVP_MD_CTX_free(context) }
      EVP_DigestInit_ex(context, EVP_sha256(), nil)
      try read { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
      return [UInt8](unsafeUninitializedCapacity: 32) { digest, count in
        EVP_DigestFinal_ex(context, digest.baseAddress, nil)
        count = 32
      }
    #endif
  }

  /// A SHA-256 in hexadecimal.
  package static func hexadecimal(sha256Of bytes: [UInt8]) -> String {
    sha256(of: bytes).hexadecimal
  }
}
