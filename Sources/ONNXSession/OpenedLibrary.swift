import COnnxRuntime
import ONNXFormat

/// A library that was opened and is an ONNX Runtime of a version that serves.
struct OpenedLibrary {
  let functions: ORTFunctions
  let version: String

  /// What came of opening a library.
  enum Outcome: Hashable {
    case opened(version: String)
    case notLoaded(reason: String)
    case foreign
    case tooOld(version: String)

    /// The outcome in a few words.
    var text: String {
      switch self {
      case .opened(let version): "version \(version)"
      case .notLoaded(let reason): reason.isEmpty ? "does not load" : reason
      case .foreign: "is not ONNX Runtime"
      case .tooOld(let version): "version \(version) is too old"
      }
    }
  }

  /// Opens the library at a path, or by a bare name through the system's loader.
  static func open(_ path: String) -> (Outcome, OpenedLibrary?) {
    var version = [CChar](repeating: 0, count: 64)
    var reason = [CChar](repeating: 0, count: 512)
    var handle: UnsafeMutableRawPointer?
    // The functions have no empty state, so they are filled in raw memory.
    return withUnsafeTemporaryAllocation(of: ORTFunctions.self, capacity: 1) { memory in
      guard let functions = memory.baseAddress else { return (.foreign, nil) }
      // A library finds its execution providers beside the path it was opened by.
      let real = path.contains("/") ? MappedFile.resolved(path) ?? path : path
      let opening = ORTOpen(
        real, functions, &handle, &version, version.count, &reason, reason.count)
      let versionText = version.text
      switch opening {
      case .done:
        return (
          .opened(version: versionText),
          OpenedLibrary(functions: functions.move(), version: versionText)
        )
      case .notLoaded: return (.notLoaded(reason: reason.text), nil)
      case .foreign: return (.foreign, nil)
      case .tooOld: return (.tooOld(version: versionText), nil)
      }
    }
  }
}

extension [CChar] {
  /// The text before the first zero.
  var text: String {
    String(decoding: prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
