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

package import Diagnostics
package import ONNXFormat

/// A folder of graphs that ONNX Runtime has optimised, so that the next process need not.
///
/// An entry is a folder of its own that is written under another name and renamed, so that none is
/// ever seen half written, and two processes that write the same one agree; reading takes no lock.
/// The sums of its files are kept beside them, and one that does not fit is no entry.  Where all
/// entries together pass the limit, those used longest ago go.
package struct GraphStore: Hashable, Sendable {
  /// The folder, made when something is first kept.
  package let folder: String
  /// How many bytes all entries may hold together.
  package let limit: Int

  /// A store in a folder.
  package init(folder: String, limit: Int) { (self.folder, self.limit) = (folder, limit) }

  /// What stands under a key.
  package enum Finding: Sendable {
    case nothing
    /// The graph, and its weights where they lie.
    case graph(ModelFile)
    /// Something that was not written here, or has changed since.
    case damaged
  }

  static let graphName = "graph.onnx"
  static let weightsName = "graph.bin"
  private static let sumsName = "sums"
  private static let partialMark = ".partial-"
}

// MARK: - Reading

extension GraphStore {
  /// Looks a key up; an entry that is found counts as used now.
  package func finding(_ key: String) -> Finding {
    let place = folder.appending(component: key)
    guard let stated = try? MappedFile(place.appending(component: Self.sumsName)) else {
      return MappedFile.resolved(place) == nil ? .nothing : .damaged
    }
    do throws(DiagnosticError) {
      guard try Self.sums(of: place) == String(decoding: stated.bytes, as: UTF8.self) else {
        return .damaged
      }
      let file = try ModelFile(contentsOf: place.appending(component: Self.graphName))
      utimes(place, nil)
      return .graph(file)
    } catch {
      return .damaged
    }
  }

  /// The names, sizes and sums of an entry's files, a line each.
  private static func sums(of place: String) throws(DiagnosticError) -> String {
    var lines = "gradcam graph 1\n"
    for name in [graphName, weightsName] {
      let path = place.appending(component: name)
      // A graph of small weights alone has no second file.
      guard name == graphName || MappedFile.resolved(path) != nil else { continue }
      let file = try MappedFile(path)
      lines += "\(name) \(file.bytes.count) \(file.bytes.mixedSum)\n"
    }
    return lines
  }
}

// MARK: - Writing

extension GraphStore {
  /// Keeps what `fill` writes into the folder it is given: a graph and, beside it, its weights.
  ///
  /// - Parameter fill: is given nil where no folder can be made.
  /// - Returns: whether it is kept now; a full disk or an entry larger than the limit is no error.
  package func keep<R>(
    _ key: String, fill: (_ folder: String?) throws(DiagnosticError) -> R
  ) throws(DiagnosticError) -> (result: R, isKept: Bool) {
    let mark = String(UInt64.random(in: .min ... .max), radix: 36)
    let partial = folder.appending(component: Self.partialMark + mark)
    let files = FileManager.default
    do { try files.createDirectory(atPath: partial, withIntermediateDirectories: true) } catch {
      return (try fill(nil), false)
    }
    defer { try? files.removeItem(atPath: partial) }
    let result = try fill(partial)
    guard finish(partial), size(of: partial) <= limit else { return (result, false) }
    let place = folder.appending(component: key)
    // Another process may have written the same meanwhile: then this one goes.
    let isKept = rename(partial, place) == 0 || MappedFile.resolved(place) != nil
    makeRoom(sparing: key)
    return (result, isKept)
  }

  /// Writes the sums, once everything before them is on the disk.
  private func finish(_ partial: String) -> Bool {
    guard let sums = try? Self.sums(of: partial) else { return false }
    let path = partial.appending(component: Self.sumsName)
    guard FileManager.default.createFile(atPath: path, contents: Data(sums.utf8)) else {
      return false
    }
    for name in [Self.graphName, Self.weightsName, Self.sumsName] {
      let descriptor = open(partial.appending(component: name), O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { continue }
      defer { close(descriptor) }
      guard fsync(descriptor) == 0 else { return false }
    }
    return true
  }

  /// Takes an entry out.
  package func remove(_ key: String) { remove(named: key) }

  /// Renames before deleting, so that nobody finds half an entry.
  private func remove(named name: String) {
    let mark = String(UInt64.random(in: .min ... .max), radix: 36)
    let gone = folder.appending(component: Self.partialMark + mark)
    let place = folder.appending(component: name)
    let isMoved = rename(place, gone) == 0
    try? FileManager.default.removeItem(atPath: isMoved ? gone : place)
  }

  /// Takes out those used longest ago until the rest fits, and what a crash left behind.
  private func makeRoom(sparing key: String) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    var entries: [(name: String, used: Int, size: Int)] = []
    for name in names {
      let place = folder.appending(component: name)
      guard let used = Self.lastUse(of: place) else { continue }
      if name.hasPrefix(Self.partialMark) {
        // An hour is longer than any model takes.
        if used < Int(time(nil)) - 3600 { try? FileManager.default.removeItem(atPath: place) }
      } else if Self.isKey(name) {
        entries.append((name, used, size(of: place)))
      }
    }
    var total = entries.reduce(0) { $0 + $1.size }
    for entry in entries.sorted(by: { ($0.used, $0.name) < ($1.used, $1.name) })
    where total > limit && entry.name != key {
      remove(named: entry.name)
      total -= entry.size
    }
  }

  /// Whether a name is that of an entry, and nothing of the user's that lies there too.
  private static func isKey(_ name: String) -> Bool {
    name.utf8.count == 64 && name.allSatisfy(\.isHexDigit)
  }

  private func size(of place: String) -> Int {
    [Self.graphName, Self.weightsName].reduce(0) { sum, name in
      var status = stat()
      return stat(place.appending(component: name), &status) == 0
        ? sum + Int(status.st_size) : sum
    }
  }

  private static func lastUse(of place: String) -> Int? {
    var status = stat()
    guard stat(place, &status) == 0 else { return nil }
    #if canImport(Darwin)
      return status.st_mtimespec.tv_sec
    #else
      return status.st_mtim.tv_sec
    #endif
  }
}

extension UnsafeRawBufferPointer {
  /// A sum that a changed word changes, as fast as memory is read: it finds damage, not intent.
  ///
  /// Each of four lanes takes every fourth word, s ← (s ⊕ word) · odd, which can be undone, so that
  /// no word is lost on the way.
  fileprivate var mixedSum: String {
    let odd: UInt64 = 0x9E37_79B9_7F4A_7C15
    var (a, b, c, d) = (UInt64(count), UInt64(1), UInt64(2), UInt64(3))
    var place = 0
    while place + 32 <= count {
      a = (a ^ loadUnaligned(fromByteOffset: place, as: UInt64.self)) &* odd
      b = (b ^ loadUnaligned(fromByteOffset: place + 8, as: UInt64.self)) &* odd
      c = (c ^ loadUnaligned(fromByteOffset: place + 16, as: UInt64.self)) &* odd
      d = (d ^ loadUnaligned(fromByteOffset: place + 24, as: UInt64.self)) &* odd
      place += 32
    }
    var sum = [a, b, c, d].reduce(0) { ($0 ^ $1) &* odd }
    for byte in self[place...] { sum = (sum ^ UInt64(byte)) &* odd }
    return String(sum, radix: 16)
  }
}
