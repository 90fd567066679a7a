import GradCAM
import Synchronization

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What a run has found so far, in a file that survives its end.
///
/// The first line names the settings; each further one is a photo: a check over the rest, the
/// photo's key, and the record as JSON.  Lines are only ever added, each by one write, so an end at
/// any moment leaves at most one that is torn, which its check shows; it is cut off and the photo
/// done again.
final class EvaluationJournal: Sendable {
  /// Where it lies.
  let path: String
  private let state: Mutex<State>

  private struct State {
    let file: Int32
    var records: [String: PhotoRecord]
  }

  /// Opens the journal of some settings, or begins one.
  ///
  /// - Throws: `DiagnosticError` where another run holds it, it is of other settings, or cannot be
  ///   written.
  init(at path: String, settings: String) throws(DiagnosticError) {
    self.path = path
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw .unwritableJournal(path, String(cString: strerror(errno))) }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      close(file)
      throw .journalInUse(path)
    }
    let heading = "gradcam evaluate 1 \(settings)"
    let bytes = FileManager.default.contents(atPath: path).map(Array.init) ?? []
    var (records, kept) = ([String: PhotoRecord](), 0)
    var rest = bytes[...]
    while let end = rest.firstIndex(of: 0x0a) {
      let line = String(decoding: rest[..<end], as: UTF8.self)
      if kept == 0 {
        guard line == heading else {
          close(file)
          throw .journalOfOtherSettings(path)
        }
      } else if let (key, record) = Self.record(ofLine: line) {
        records[key] = record
      } else {
        break
      }
      rest = rest[(end + 1)...]
      kept = rest.startIndex
    }
    state = Mutex(State(file: file, records: records))
    guard ftruncate(file, off_t(kept)) == 0, lseek(file, 0, SEEK_END) >= 0 else {
      throw .unwritableJournal(path, String(cString: strerror(errno)))
    }
    if kept == 0 { try append(heading + "\n") }
  }

  deinit { close(state.withLock(\.file)) }

  /// Removes the file; what is written next goes nowhere.
  func remove() { unlink(path) }
}

extension EvaluationJournal {
  /// What was found on a photo before.
  func record(_ key: String) -> PhotoRecord? { state.withLock { $0.records[key] } }

  /// Keeps what was found on a photo.
  ///
  /// - Returns: what a later run will read, so that both go on with the same numbers.
  func add(_ record: PhotoRecord, key: String) throws(DiagnosticError) -> PhotoRecord {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let json = try? encoder.encode(record),
      let kept = try? JSONDecoder().decode(PhotoRecord.self, from: json)
    else { return record }
    let body = "\(key) \(String(decoding: json, as: UTF8.self))"
    try append("\(Self.check(body)) \(body)\n")
    return kept
  }

  private func append(_ line: String) throws(DiagnosticError) {
    let bytes = Array(line.utf8)
    let isWritten = state.withLock { state in
      var done = 0
      while done < bytes.count {
        let count = bytes[done...].withUnsafeBytes {
          write(state.file, $0.baseAddress, $0.count)
        }
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return false }
        done += count
      }
      return true
    }
    guard isWritten else { throw .unwritableJournal(path, String(cString: strerror(errno))) }
  }

  /// The key and record of a line; nil of one that is torn or was changed.
  private static func record(ofLine line: String) -> (String, PhotoRecord)? {
    let parts = line.split(separator: " ", maxSplits: 2)
    guard parts.count == 3, check("\(parts[1]) \(parts[2])") == parts[0],
      let record = try? JSONDecoder().decode(PhotoRecord.self, from: Data(parts[2].utf8))
    else { return nil }
    return (String(parts[1]), record)
  }

  private static func check(_ text: String) -> String {
    String(Digest.hexadecimal(sha256Of: Array(text.utf8)).prefix(16))
  }
}
