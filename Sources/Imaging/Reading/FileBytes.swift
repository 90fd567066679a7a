package import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Whole files as bytes.
package enum FileBytes {
  /// The bytes of a file, at most `limit` of them.
  package static func contents(of path: String, limit: Int) throws(DiagnosticError) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      throw errno == ENOENT || errno == ENOTDIR
        ? .noFile(path) : .unreadableFile(path, reason: reason(errno))
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else {
      throw .unreadableFile(path, reason: reason(errno))
    }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw .folder(path) }
    guard status.st_size <= limit else { throw .tooManyBytes(path, limit: limit) }

    // One byte beyond the stated size: a full buffer then means that there is more.
    var bytes = [UInt8](repeating: 0, count: max(Int(status.st_size) + 1, 1 << 16))
    var count = 0
    while true {
      let taken = bytes.withUnsafeMutableBytes { buffer in
        read(file, buffer.baseAddress.map { $0 + count }, buffer.count - count)
      }
      if taken < 0 && errno == EINTR { continue }
      guard taken >= 0 else { throw .unreadableFile(path, reason: reason(errno)) }
      count += taken
      guard count <= limit else { throw .tooManyBytes(path, limit: limit) }
      if taken == 0 { break }
      if count == bytes.count { bytes += [UInt8](repeating: 0, count: bytes.count) }
    }
    bytes.removeLast(bytes.count - count)
    return bytes
  }

  /// The first bytes of a file; none where it cannot be read.
  package static func start(of path: String, count: Int) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return [] }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: count)
    let taken = read(file, &bytes, count)
    return Array(bytes.prefix(max(0, taken)))
  }

  /// The system's words for an error number, in lower case as a clause.
  static func reason(_ code: Int32) -> String {
    let words = String(cString: strerror(code))
    return words.prefix(1).lowercased() + words.dropFirst()
  }
}
