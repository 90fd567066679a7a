#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Writes into the middle of a file, leaving a hole before.
final class FileWriter {
  private let descriptor: Int32

  init?(_ path: String) {
    descriptor = open(path, O_WRONLY)
    if descriptor < 0 { return nil }
  }

  deinit { close(descriptor) }

  /// Writes the numbers at a place, and says whether all were written.
  func write(_ values: [Float], at offset: Int) -> Bool {
    values.withUnsafeBytes {
      pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset)) == $0.count
    }
  }
}
