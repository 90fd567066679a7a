import Diagnostics
import Imaging

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The files of a data set's folder, and which of them a name means.
struct PhotoFiles {
  /// The folder, with '/' at its end.
  let folder: String
  /// Paths within the folder, in order.
  let paths: [String]
  private let known: Set<String>
  /// Paths by the names at their ends.
  private let byName: [String: [String]]
  /// Pictures by their names without extension.
  private let byStem: [String: [String]]

  /// Folders within the folder that are entered.
  private static let deepest = 4
  /// The most files that are looked through.
  private static let most = 4_000_000

  /// Lists a folder.
  init(in folder: String) throws(DiagnosticError) {
    let start = folder.hasSuffix("/") ? folder : folder + "/"
    var isFolder = false
    guard FileManager.default.fileExists(atPath: start, isDirectory: &isFolder), isFolder else {
      throw .noDataFolder(folder)
    }
    var found: [String] = []
    var open = [(path: "", depth: 0)]
    while let (path, depth) = open.popLast() {
      guard let names = try? FileManager.default.contentsOfDirectory(atPath: start + path) else {
        throw .unreadableDataFolder(start + path)
      }
      for name in names where !name.hasPrefix(".") {
        var isInner = false
        _ = FileManager.default.fileExists(atPath: start + path + name, isDirectory: &isInner)
        if !isInner {
          found.append(path + name)
        } else if depth < Self.deepest {
          open.append((path + name + "/", depth + 1))
        }
      }
      guard found.count <= Self.most else { throw .tooManyFiles(folder, limit: Self.most) }
    }
    self.folder = start
    paths = found.sorted()
    known = Set(found)
    byName = Dictionary(grouping: paths) { Self.name(of: $0) }
    byStem = Dictionary(grouping: paths.filter(Self.isPicture)) {
      Self.stem(of: Self.name(of: $0))
    }
  }

  /// What follows the last slash.
  static func name(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
  }

  /// A path without what follows its last point.
  static func stem(of path: String) -> String {
    let name = name(of: path)
    guard let point = name.lastIndex(of: "."), point != name.startIndex else { return path }
    return String(path.dropLast(name.distance(from: point, to: name.endIndex)))
  }

  /// A path's extension in lower case, without the point.
  static func suffix(of path: String) -> String {
    let stem = stem(of: path)
    return stem.count < path.count ? path.dropFirst(stem.count + 1).lowercased() : ""
  }

  /// The folder of a file within the data set, with '/' at its end, or nothing.
  static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
  }

  /// Whether a file's name is one of a picture's.
  static func isPicture(_ path: String) -> Bool {
    ["jpg", "jpeg", "png", "webp", "tif", "tiff", "jfif"].contains(suffix(of: path))
  }

  /// The file that a name means: at that path from the folder or from `source`'s folder, else the
  /// only one of that name anywhere in the folder.
  func path(named name: String, beside source: String = "") -> String? {
    let tidy = name.replacing("\\", with: "/").trimmingPrefix("./")
    for path in [Self.folder(of: source) + tidy, String(tidy)] where known.contains(path) {
      return path
    }
    guard let found = byName[Self.name(of: String(tidy))], found.count == 1 else { return nil }
    return found[0]
  }

  /// The pictures of a name, whatever their extension.
  func pictures(withStem stem: String) -> [String] { byStem[Self.name(of: stem)] ?? [] }

  /// All pictures.
  var pictures: [String] { paths.filter(Self.isPicture) }
}
