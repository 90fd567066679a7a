#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

import Diagnostics
import ONNXFormat
import ONNXSession

/// A folder in which optimised graphs are kept from one process to the next.
///
/// Each holds the model's weights as ONNX Runtime lays them out, and so is as large as the model; it
/// depends on the model's contents, on what is asked of it, on the versions of this library and of ONNX
/// Runtime, and on the processor.  Several processes may use a folder at once.  An entry that is
/// damaged is made anew, with a note among ``Explanation/notes``.
public struct GraphFolder: Hashable, Sendable {
  /// The path.
  public var path: String
  /// How many bytes all graphs may take together; those used longest ago go first.
  public var limit: Int

  /// A folder, made when it is first needed.
  public init(_ path: String, limit: Int = 1 << 32) {
    (self.path, self.limit) = (path, limit)
  }

  /// The place of the user's caches: `$XDG_CACHE_HOME/gradcam`, or else `~/.cache/gradcam`.
  public static var customary: GraphFolder { GraphFolder(UserCaches.path) }
}

extension Model {
  /// A session of a graph written after this model's, from where it is kept if anywhere.
  func session(
    of file: ModelFile, options: SessionOptions
  ) throws(DiagnosticError) -> Session {
    guard options.store != nil, !file.path.isEmpty else {
      return try Session(file, options: options)
    }
    var options = options
    options.storeKey = try storeKey(of: file, options)
    return try Session(file, options: options)
  }

  /// Everything that an optimised graph depends on.
  private func storeKey(
    of file: ModelFile, _ options: SessionOptions
  ) throws(DiagnosticError) -> String {
    let parts =
      try contentHashes + [
        "GradCAM \(GradCAMVersion.current)", "ONNX Runtime \(try Runtime.shared().version)",
        "level \(options.optimizationLevel)", Processor.description,
      ]
    let text = parts.map { "\($0.utf8.count) \($0)\n" }.joined()
    return Digest.hexadecimal(sha256Of: Array(text.utf8) + (try file.sessionData()))
  }
}
