#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Where this project keeps what may be deleted at any time.
package enum UserCaches {
  /// `$XDG_CACHE_HOME/gradcam`, or else `~/.cache/gradcam`; below the temporary folder where there is
  /// no home.
  package static var path: String {
    let environment = ProcessInfo.processInfo.environment
    let home = environment["HOME"] ?? FileManager.default.temporaryDirectory.path
    // The standard has relative paths ignored.
    let caches = environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    return (caches ?? home + "/.cache") + "/gradcam"
  }
}
