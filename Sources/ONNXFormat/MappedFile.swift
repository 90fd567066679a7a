#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

package import Diagnostics

/// A regular file's bytes, mapped read-only: nothing is read before it is looked at.
package final class MappedFile: Sendable {
  /// The file's path as it was given.
  package let path: String

  /// The file's path with every symbolic link resolved.
  package let realPath: String

  private let start: UInt
  private let count: Int

  /// Maps the file at `path`; throws where it is missing, unreadable or no regular file.
  package init(_ path: String) throws(DiagnosticError) {
    guard let resolved = Self.resolved(path) else { throw .unreadable(path, errno) }
    self.path = path
    self.realPath = resolved
    var status = stat()
    guard stat(realPath, &status) == 0 else { throw .unreadable(path, errno) }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw .folder(path) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular(path) }
    let descriptor = open(realPath, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unreadable(path, errno) }
    defer { close(descriptor) }
    guard fstat(descriptor, &status) == 0 else { throw .unreadable(path, errno) }
    self.count = Int(status.st_size)
    guard count > 0 else {
      self.start = 0
      return
    }
    guard let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0),
      address != MAP_FAILED
    else { throw .unreadable(path, errno) }
    self.start = UInt(bitPattern: address)
  }

  deinit {
    if count > 0 { munmap(UnsafeMutableRawPointer(bitPattern: start), count) }
  }

  /// The mapped bytes; valid as long as this object lives.
  package var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: start), count: count)
  }

  /// Gives a part of the file to `body` piece by piece, and hands the memory of each back to the
  /// system, so that reading a file once does not count it as memory in use.
  package func readThrough(
    _ range: Range<Int>, pieces size: Int, _ body: (UnsafeRawBufferPointer) -> Void
  ) {
    let page = max(1, Int(sysconf(Int32(_SC_PAGESIZE))))
    var place = range.lowerBound
    while place < range.upperBound {
      let end = min(range.upperBound, place + max(size, 1))
      body(UnsafeRawBufferPointer(rebasing: bytes[place..<end]))
      let aligned = place / page * page
      madvise(
        UnsafeMutableRawPointer(bitPattern: start + UInt(aligned)), end - aligned, MADV_DONTNEED)
      place = end
    }
  }

  /// The path with every symbolic link resolved, or nil where nothing is there.
  package static func resolved(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
