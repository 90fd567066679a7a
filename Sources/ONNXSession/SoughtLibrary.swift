/// A library that is looked for at run time, by what it is called.
struct SoughtLibrary: Hashable, Sendable {
  /// Its file's name before the version.
  let file: String

  /// The environment variable that names its file or folder.
  let variable: String

  /// The folder in which set-up puts it.
  let folder: String

  /// The names under which the system's loader may know it.
  let loaderNames: [String]

  /// What models run on unless something else is asked for.
  static let onnxRuntime = SoughtLibrary(
    file: "libonnxruntime", variable: "GRADCAM_ORT", folder: ".onnxruntime", version: ".1")

  /// OpenVINO behind its C interface; the number in its name changes with each release.
  static let openVINO = SoughtLibrary(
    file: "libopenvino_c", variable: "GRADCAM_OPENVINO", folder: ".openvino", version: nil)

  private init(file: String, variable: String, folder: String, version: String?) {
    (self.file, self.variable, self.folder) = (file, variable, folder)
    let versions = [version, ""].compactMap(\.self)
    #if canImport(Darwin)
      loaderNames = versions.map { file + $0 + ".dylib" }
    #else
      loaderNames = versions.map { file + ".so" + $0 }
    #endif
  }

  /// The version in a file's name, as numbers; empty for the unversioned name, nil for another
  /// file.
  func versionNumbers(inFileName name: String) -> [Int]? {
    let middle: Substring
    if name.hasPrefix(file + ".so") {
      middle = name.dropFirst(file.count + ".so".count)
    } else if name.hasPrefix(file), name.hasSuffix(".dylib") {
      middle = name.dropFirst(file.count).dropLast(".dylib".count)
    } else {
      return nil
    }
    guard middle.isEmpty || middle.first == "." else { return nil }
    let parts = middle.dropFirst().split(separator: ".")
    let numbers = parts.compactMap { Int($0) }
    return numbers.count == parts.count ? numbers : nil
  }
}
