import GradCAM

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Where files go.
enum OutputPlace {
  /// A folder, with '/' at its end; empty for the current one.
  case folder(String)
  /// One file of that path.
  case file(String)
  /// Standard output.
  case standardOutput

  /// What `-o` means when so many files of those kinds are to be written.
  init(_ path: String?, fileCount: Int, kinds: [SavedKind]) throws(DiagnosticError) {
    guard let path, !path.isEmpty else {
      self = .folder("")
      return
    }
    if path == "-" {
      guard fileCount == 1 else { throw .standardOutputForSeveral(count: fileCount) }
      self = .standardOutput
      return
    }
    let kind = FileKind(at: path)
    if path.hasSuffix("/") || kind == .folder {
      self = .folder(path.hasSuffix("/") ? path : path + "/")
    } else if fileCount == 1, kind == .file || path.name.dropFirst().contains(".") {
      self = .file(path)
    } else if kind == .file || Self.namesFile(path) {
      throw .oneNameForSeveral(path, count: fileCount)
    } else {
      self = .folder(path + "/")
    }
  }

  /// Whether a path's extension is that of something this command writes.
  private static func namesFile(_ path: String) -> Bool {
    let known = [".png", ".jpg", ".jpeg", ".webp", ".npy", ".svg", ".pdf", ".html"]
    return known.contains { path.lowercased().hasSuffix($0) }
  }

  /// Makes the folder that files go to if it is not there.
  func make() throws(DiagnosticError) {
    let path: String
    switch self {
    case .folder(let folder): path = folder
    case .file(let file): path = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
    case .standardOutput: path = ""
    }
    guard !path.isEmpty, FileKind(at: path) != .folder else { return }
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true)
    } catch {
      throw .unwritableFolder(path, reason: Self.reason(error))
    }
  }

  private static func reason(_ error: any Error) -> String {
    switch (error as? CocoaError)?.code {
    case .fileWriteNoPermission?: "permission denied"
    case .fileWriteFileExists?: "a file of that name is in the way"
    case .fileWriteVolumeReadOnly?: "the disk is read-only"
    case .fileWriteOutOfSpace?: "no space left on device"
    default: "a part of the path is not a folder, or cannot be written to"
    }
  }
}
