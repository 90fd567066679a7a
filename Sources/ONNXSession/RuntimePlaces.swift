#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// One place where a library may be: a file, a folder, or a name for the system's loader.
struct RuntimePlace: Hashable {
  /// The path or name.
  let text: String

  /// Who asked for just this place, such as `GRADCAM_ORT`; nil for the usual places. What is
  /// asked for is not passed over in silence.
  let demandedBy: String?

  /// Whether the place is a name that the system's loader resolves.
  let isLoaderName: Bool

  /// What is looked for there.
  let library: SoughtLibrary

  var isDemanded: Bool { demandedBy != nil }

  init(
    _ text: String, demandedBy: String? = nil, isLoaderName: Bool = false,
    library: SoughtLibrary = .onnxRuntime
  ) {
    self.library = library
    self.text = text
    self.demandedBy = demandedBy
    self.isLoaderName = isLoaderName
  }

  /// The libraries to try here, best first.
  var candidates: [String] {
    if isLoaderName { return [text] }
    var status = stat()
    guard stat(text, &status) == 0 else { return [] }
    guard status.st_mode & S_IFMT == S_IFDIR else { return [text] }
    return RuntimePlaces.libraries(in: text, of: library)
  }
}

/// The places where a library is looked for, in order.
enum RuntimePlaces {
  /// What was asked for, beside the executable, where set-up puts it, what the system's loader
  /// knows, and the usual folders.
  static func all(
    explicit: String?, of library: SoughtLibrary = .onnxRuntime
  ) -> [RuntimePlace] {
    if let explicit {
      return [RuntimePlace(explicit, demandedBy: "the option", library: library)]
    }
    if let path = getenv(library.variable).map({ String(cString: $0) }), !path.isEmpty {
      return [RuntimePlace(path, demandedBy: library.variable, library: library)]
    }
    let folder = "/" + library.folder
    let executable = executableFolder
    var folders: [String] = []
    if let executable { folders += [parent(of: executable) + "/lib", executable] }
    for start in [executable, currentFolder].compactMap(\.self) {
      folders += ancestors(of: start).map { ($0 == "/" ? "" : $0) + folder }
        .filter { access($0, F_OK) == 0 }
    }
    if !folders.contains(where: { $0.hasSuffix(folder) }), let currentFolder {
      folders.append(currentFolder + folder)
    }
    var seen: Set<String> = []
    return folders.filter { seen.insert($0).inserted }
      .map { RuntimePlace($0, library: library) }
      + library.loaderNames.map { RuntimePlace($0, isLoaderName: true, library: library) }
      + systemFolders.map { RuntimePlace($0, library: library) }
  }

  /// The libraries in a folder: the newest version first, then the unversioned name.
  static func libraries(
    in folder: String, of library: SoughtLibrary = .onnxRuntime
  ) -> [String] {
    entries(of: folder)
      .compactMap { name in library.versionNumbers(inFileName: name).map { (name, $0) } }
      .sorted { $1.1.lexicographicallyPrecedes($0.1) }
      .map { folder + "/" + $0.0 }
  }
}

// MARK: - The usual places

extension RuntimePlaces {
  #if canImport(Darwin)
    private static let systemFolders = ["/opt/homebrew/lib", "/usr/local/lib"]
  #else
    private static let systemFolders = [
      "/usr/local/lib", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64",
      "/usr/lib", "/opt/onnxruntime/lib", "/home/linuxbrew/.linuxbrew/lib",
    ]
  #endif
}

// MARK: - Folders

extension RuntimePlaces {
  /// The folder of the running program, with links resolved.
  private static var executableFolder: String? {
    #if canImport(Darwin)
      var size = UInt32(PATH_MAX)
      var buffer = [CChar](repeating: 0, count: Int(size) + 1)
      guard _NSGetExecutablePath(&buffer, &size) == 0 else { return nil }
      let path = String(
        decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    #else
      let path = "/proc/self/exe"
    #endif
    return resolved(path).map(parent(of:))
  }

  /// The folder that the program was started in.
  private static var currentFolder: String? { resolved(".") }

  private static func resolved(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return "/" }
    return String(path[..<slash])
  }

  /// The folder itself and every folder above it.
  private static func ancestors(of folder: String) -> [String] {
    folder == "/" ? ["/"] : [folder] + ancestors(of: parent(of: folder))
  }

  private static func entries(of folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      names.append(name)
    }
    return names
  }
}
