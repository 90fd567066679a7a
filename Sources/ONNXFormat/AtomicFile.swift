#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

import Diagnostics

/// A file that appears at its path whole or not at all.
///
/// It is written under a temporary name in the same folder and renamed when done, so a session
/// that has the old file mapped keeps its bytes.
final class AtomicFile {
  private let path: String
  private let temporary: String
  private var descriptor: Int32

  /// How many bytes were written.
  private(set) var count = 0

  /// Opens a new file that is to stand at `path`.
  init(_ path: String) throws(DiagnosticError) {
    let folder = path.parentFolder
    let number = UInt64.random(in: .min ... .max)
    self.path = path
    self.temporary = folder.appending(
      component: ".\(path.lastPathComponent).\(String(number, radix: 36)).partial")
    self.descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .unwritable(path, errno) }
  }

  deinit {
    if descriptor >= 0 {
      close(descriptor)
      unlink(temporary)
    }
  }

  /// Appends bytes.
  func write(_ bytes: UnsafeRawBufferPointer) throws(DiagnosticError) {
    var rest = bytes
    while let start = rest.baseAddress, !rest.isEmpty {
      #if canImport(Darwin)
        let written = Darwin.write(descriptor, start, min(rest.count, 1 << 30))
      #elseif canImport(Musl)
        let written = Musl.write(descriptor, start, min(rest.count, 1 << 30))
      #else
        let written = Glibc.write(descriptor, start, min(rest.count, 1 << 30))
      #endif
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw .unwritable(path, written < 0 ? errno : EIO) }
      count += written
      rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
  }

  /// Appends zeros up to a multiple of a number.
  func pad(toMultipleOf alignment: Int) throws(DiagnosticError) {
    let zeros = [UInt8](repeating: 0, count: (alignment - count % alignment) % alignment)
    try zeros.withUnsafeBufferPointer { buffer throws(DiagnosticError) in
      try write(UnsafeRawBufferPointer(buffer))
    }
  }

  /// Gives the file its name.
  func finish() throws(DiagnosticError) {
    let isClosed = close(descriptor) == 0
    let code = errno
    descriptor = -1
    guard isClosed, rename(temporary, path) == 0 else {
      let reason = isClosed ? errno : code
      unlink(temporary)
      throw .unwritable(path, reason)
    }
  }
}
