import Diagnostics
import ONNXFormat
import Synchronization

#if canImport(CryptoKit)
  import CryptoKit
#else
  import CLibCrypto
#endif

/// The hashes of a model's files, each computed when it is first asked for.
final class LazyHash: Sendable {
  private let known = Mutex<[String: String]>([:])
  private let memo = Mutex<HashMemo?>(nil)

  /// Has hashes remembered from one process to the next.
  func remember(in memo: HashMemo) { self.memo.withLock { $0 = memo } }

  /// The SHA-256 of a model's file in hexadecimal.
  func sha256(of file: ModelFile) throws(DiagnosticError) -> String {
    try hash(file.path) { update throws(DiagnosticError) in try file.readThrough(update) }
  }

  /// The SHA-256 of the model's file and of each file beside it that holds its weights.
  func contents(of file: ModelFile) throws(DiagnosticError) -> [String] {
    var hashes = [try sha256(of: file)]
    for path in file.externalPaths {
      hashes.append(
        try hash(path) { update throws(DiagnosticError) in
          let weights = try MappedFile(path)
          weights.readThrough(0..<weights.bytes.count, pieces: 1 << 22, update)
        })
    }
    return hashes
  }

  /// The hash of a file, which two threads that ask at once compute once.
  private func hash(
    _ path: String,
    _ read: ((UnsafeRawBufferPointer) -> Void) throws(DiagnosticError) -> Void
  ) throws(DiagnosticError) -> String {
    let memo = memo.withLock { $0 }
    return try known.withLock { known throws(DiagnosticError) in
      if let hash = known[path] { return hash }
      let identity = memo.flatMap { _ in FileIdentity(path) }
      let remembered = identity.flatMap { memo?.hash(of: $0) }
      let hash: String
      if let remembered {
        hash = remembered
      } else {
        hash = try Digest.sha256(reading: read).hexadecimal
      }
      known[path] = hash
      if remembered == nil, let identity, identity == FileIdentity(path) {
        memo?.keep(hash, of: identity)
      }
      return hash
    }
  }
}

extension [UInt8] {
  /// Two digits a byte.
  var hexadecimal: String {
    let digits = Array<Character>("0123456789abcdef")
    return String(flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }
}
