import Imaging

/// The names of the classes that YOLO's files number.
enum YOLONames {
  /// The files that may hold them, the first that is there counts.
  private static let files = [
    "data.yaml", "data.yml", "dataset.yaml", "dataset.yml", "classes.txt", "obj.names", "names.txt",
    "labels.txt",
  ]

  /// Whether a file's name is one that names have.
  static func isName(_ path: String) -> Bool {
    files.contains(PhotoFiles.name(of: path)) || PhotoFiles.suffix(of: path) == "names"
  }

  /// The names of a data set; nil where no file holds any.
  static func names(in files: PhotoFiles) -> [String]? {
    let found = self.files.compactMap { name in
      files.paths.first { PhotoFiles.name(of: $0) == name }
    }
    for path in found + files.paths.filter({ PhotoFiles.suffix(of: $0) == "names" }) {
      guard let bytes = try? FileBytes.contents(of: files.folder + path, limit: 1 << 24),
        let text = String(validating: bytes, as: UTF8.self)
      else { continue }
      let isYAML = ["yaml", "yml"].contains(PhotoFiles.suffix(of: path))
      let names = isYAML ? names(inYAML: text) : names(inLines: text)
      if let names, !names.isEmpty { return names }
    }
    return nil
  }

  private static func names(inLines text: String) -> [String]? {
    var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .map { String($0.trimmed) }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }

  /// What stands at `names:`, as a list in brackets, as a list of lines, or numbered.
  static func names(inYAML text: String) -> [String]? {
    let lines = text.split(whereSeparator: \.isNewline).map { $0.prefix { $0 != "#" } }
    guard let start = lines.firstIndex(where: { $0.hasPrefix("names:") }) else { return nil }
    var inline = String(lines[start].dropFirst(6).trimmed)
    if inline.hasPrefix("[") {
      for line in lines[(start + 1)...] where !inline.contains("]") { inline += line }
      guard let end = inline.firstIndex(of: "]") else { return nil }
      return inline[..<end].dropFirst().split(separator: ",").map { unquoted($0) }
    }
    var names: [Int: String] = [:]
    for line in lines[(start + 1)...] where !line.trimmed.isEmpty {
      let text = line.trimmed
      if text.hasPrefix("- ") {
        names[names.count] = unquoted(text.dropFirst(2))
      } else if line.first?.isWhitespace == true, let colon = text.firstIndex(of: ":"),
        let index = Int(text[..<colon].trimmed)
      {
        names[index] = unquoted(text[text.index(after: colon)...])
      } else {
        break
      }
    }
    let ordered = (0..<names.count).compactMap { names[$0] }
    return ordered.count == names.count ? ordered : nil
  }

  private static func unquoted(_ text: some StringProtocol) -> String {
    let text = text.trimmed
    guard text.count >= 2, let quote = text.first, quote == text.last, "'\"".contains(quote) else {
      return String(text)
    }
    return String(text.dropFirst().dropLast())
  }
}
