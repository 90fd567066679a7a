#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Hashes of files, remembered in a folder until a file changes.
///
/// A file's name there is its identity, so that nothing has to be kept in step; whoever writes the
/// same name writes the same hash.
struct HashMemo: Sendable {
  let folder: String

  /// The hash of a file that has not changed since it was hashed.
  func hash(of file: FileIdentity) -> String? {
    guard let data = FileManager.default.contents(atPath: path(of: file)), data.count == 64,
      let text = String(data: data, encoding: .utf8), text.allSatisfy(\.isHexDigit)
    else { return nil }
    return text
  }

  /// Remembers a hash; a folder that cannot be written to is no error.
  func keep(_ hash: String, of file: FileIdentity) {
    let files = FileManager.default
    try? files.createDirectory(atPath: folder, withIntermediateDirectories: true)
    // Some hundred bytes a file: those of a year of models are fewer than one model's.
    let partial = path(of: file) + ".\(UInt64.random(in: .min ... .max))"
    guard files.createFile(atPath: partial, contents: Data(hash.utf8)) else { return }
    if rename(partial, path(of: file)) != 0 { unlink(partial) }
  }

  private func path(of file: FileIdentity) -> String { folder + "/" + file.name }
}

/// What tells whether a file is still the one it was: where it lies, its size, and to the nanosecond
/// when its contents and anything else of it changed.
struct FileIdentity: Equatable {
  /// All of it, as the name of a file.
  let name: String

  /// The identity of the file at a path; nil where there is none.
  init?(_ path: String) {
    var status = stat()
    guard !path.isEmpty, stat(path, &status) == 0 else { return nil }
    #if canImport(Darwin)
      let (written, changed) = (status.st_mtimespec, status.st_ctimespec)
    #else
      let (written, changed) = (status.st_mtim, status.st_ctim)
    #endif
    name = [
      Int(status.st_dev), Int(status.st_ino), Int(status.st_size), written.tv_sec,
      Int(written.tv_nsec), changed.tv_sec, Int(changed.tv_nsec),
    ].map { String($0, radix: 36) }.joined(separator: "-")
  }
}
