/// Paths as text, without a look at the disk.
extension String {
  /// What follows the last slash.
  package var lastPathComponent: String {
    String(split(separator: "/").last ?? Substring(self))
  }

  /// The folder that holds what the path names: `.` for a bare name, `/` for what lies in it.
  package var parentFolder: String {
    guard let slash = lastIndex(of: "/") else { return "." }
    return slash == startIndex ? "/" : String(self[..<slash])
  }

  /// The path of something in this folder.
  package func appending(component: String) -> String {
    hasSuffix("/") ? self + component : self + "/" + component
  }

  /// Whether the path, which holds no links, lies in that folder at any depth.
  func lies(in folder: String) -> Bool {
    folder == "/" ? hasPrefix("/") : hasPrefix(folder + "/")
  }
}
