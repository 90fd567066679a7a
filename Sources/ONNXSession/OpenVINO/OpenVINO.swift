import COpenVINO
package import Diagnostics
import ONNXFormat
import Synchronization

/// The OpenVINO library, found on this machine and opened.
package struct OpenVINO: Sendable {
  /// The library's version, such as `2026.4.1`.
  package let version: String

  /// Where it was opened, or the bare name by which the system's loader found it.
  package let path: String

  /// What the processor is called there, and the precisions that it has instructions for, such as
  /// `FP32` and `BF16`.
  package let device: (name: String, capabilities: [String])

  /// Every place that was tried, in order, and what was there.
  package let findings: [Runtime.Finding]

  let core: OpenVINOCore
}

// MARK: - The one library of a process

extension OpenVINO {
  /// The library of this process, searched for and opened the first time.
  package static func shared() throws(DiagnosticError) -> OpenVINO {
    try opened.withLock { result in
      if result == nil {
        result = Result { () throws(DiagnosticError) in
          try OpenVINO(searching: RuntimePlaces.all(explicit: nil, of: .openVINO))
        }
      }
      return result ?? .failure(.missingOpenVINO([]))
    }.get()
  }

  private static let opened = Mutex<Result<OpenVINO, DiagnosticError>?>(nil)

  /// Opens the first library that serves among those places.
  init(searching places: [RuntimePlace]) throws(DiagnosticError) {
    var findings: [Runtime.Finding] = []
    for place in places {
      let candidates = place.candidates
      if candidates.isEmpty {
        findings.append(Runtime.Finding(place: place.text, outcome: "not there"))
      }
      for candidate in candidates {
        let (outcome, opened) = Self.open(candidate)
        findings.append(Runtime.Finding(place: candidate, outcome: outcome))
        guard let opened else { continue }
        let core = try OpenVINOCore(opened.functions)
        (version, path, self.findings, self.core) = (opened.version, candidate, findings, core)
        let capabilities = core.property("OPTIMIZATION_CAPABILITIES")?.split(separator: " ")
        device = (
          core.property("FULL_DEVICE_NAME") ?? "unknown", capabilities?.map(String.init) ?? []
        )
        return
      }
      if place.isDemanded { throw .missingDemandedOpenVINO(place, findings) }
    }
    throw .missingOpenVINO(findings)
  }

  /// Opens the library at a path, and tells what came of it.
  private static func open(
    _ path: String
  ) -> (outcome: String, opened: (functions: OVFunctions, version: String)?) {
    var version = [CChar](repeating: 0, count: 64)
    var reason = [CChar](repeating: 0, count: 512)
    // The functions have no empty state, so they are filled in raw memory.
    return withUnsafeTemporaryAllocation(of: OVFunctions.self, capacity: 1) { memory in
      guard let functions = memory.baseAddress else { return ("does not load", nil) }
      // The library finds its other parts beside the path it was opened by.
      let real = path.contains("/") ? MappedFile.resolved(path) ?? path : path
      let opening = OVOpen(real, functions, &version, version.count, &reason, reason.count)
      switch opening {
      case .done: return ("version \(version.text)", (functions.move(), version.text))
      case .notLoaded: return (reason.text.isEmpty ? "does not load" : reason.text, nil)
      case .foreign: return ("is not OpenVINO", nil)
      case .tooOld:
        return (
          "version \(version.text) is too old; \(OVOldestYear).\(OVOldestRelease) or later is needed",
          nil
        )
      }
    }
  }
}
