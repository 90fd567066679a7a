package import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Files that are either there as a whole or not at all.
package enum AtomicFile {
  /// Writes a file under a temporary name in its folder, then renames it.
  ///
  /// A link is followed, and what is there and no regular file (a pipe, a terminal) is written to
  /// as it is. After an error nothing is left behind and an older file is untouched.
  package static func write(_ bytes: [UInt8], to path: String) throws(DiagnosticError) {
    var status = stat()
    let exists = stat(path, &status) == 0
    if exists && status.st_mode & S_IFMT == S_IFDIR {
      throw .unwritableFile(path, reason: "it is a folder")
    }
    if exists && status.st_mode & S_IFMT != S_IFREG {
      return try write(bytes, to: path, flags: O_WRONLY, shown: path)
    }
    let target = exists ? resolved(path) : path
    let slash = target.lastIndex(of: "/").map(target.index(after:)) ?? target.startIndex
    let suffix = String(UInt64.random(in: .min ... .max), radix: 36)
    let temporary = "\(target[..<slash]).\(suffix).tmp"
    try write(bytes, to: temporary, flags: O_WRONLY | O_CREAT | O_EXCL, shown: path)
    if exists { _ = chmod(temporary, status.st_mode & 0o777) }
    guard rename(temporary, target) == 0 else {
      let code = errno
      unlink(temporary)
      throw .unwritableFile(path, reason: FileBytes.reason(code))
    }
  }

  /// Writes all bytes to a file just opened; removes it again if that fails and it is new.
  private static func write(
    _ bytes: [UInt8], to path: String, flags: Int32, shown: String
  ) throws(DiagnosticError) {
    let file = open(path, flags | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw .unwritableFile(shown, reason: FileBytes.reason(errno)) }
    var code: Int32 = 0
    bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty && code == 0 {
        let count = Swift.min(rest.count, 1 << 30)
        let part = UnsafeRawBufferPointer(rebasing: rest.prefix(count))
        let written = posixWrite(file, part)
        if written >= 0 { rest = rest.dropFirst(written) } else if errno != EINTR { code = errno }
      }
    }
    if close(file) != 0 && code == 0 { code = errno }
    guard code == 0 else {
      if flags & O_EXCL != 0 { unlink(path) }
      throw .unwritableFile(shown, reason: FileBytes.reason(code))
    }
  }

  /// The system's `write`, which the functions here hide.
  private static func posixWrite(_ file: Int32, _ part: UnsafeRawBufferPointer) -> Int {
    #if canImport(Glibc)
      Glibc.write(file, part.baseAddress, part.count)
    #elseif canImport(Musl)
      Musl.write(file, part.baseAddress, part.count)
    #else
      Darwin.write(file, part.baseAddress, part.count)
    #endif
  }

  /// The path with its links followed.
  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }
}
