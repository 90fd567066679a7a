import COnnxRuntime
package import Diagnostics
import Synchronization

/// The ONNX Runtime library, found on this machine and opened.
package struct Runtime: Sendable {
  /// The library's version, such as `1.32.0`.
  package let version: String

  /// Where it was opened, or the bare name by which the system's loader found it.
  package let path: String

  /// The names of the execution providers that the library was built with.
  package let availableProviders: [String]

  /// Every place that was tried, in order, and what was there.
  package let findings: [Finding]

  let functions: ORTFunctions
  let environment: RuntimeEnvironment

  /// One place where the library was looked for.
  package struct Finding: Hashable, Sendable {
    /// A path, or a bare name for the system's loader.
    package let place: String

    /// What was there, such as `version 1.32.0` or `not there`.
    package let outcome: String
  }
}

// MARK: - The one runtime of a process

extension Runtime {
  /// The runtime of this process, searched for and opened the first time.
  ///
  /// `explicit` is a file or folder that the user named; it counts only the first time, because a
  /// process opens one library.
  package static func shared(_ explicit: String? = nil) throws(DiagnosticError) -> Runtime {
    try opened.withLock { result in
      if result == nil { result = Result { () throws(DiagnosticError) in try Runtime(explicit) } }
      return result ?? .failure(.missingRuntime([]))
    }.get()
  }

  private static let opened = Mutex<Result<Runtime, DiagnosticError>?>(nil)
}

// MARK: - Opening

extension Runtime {
  /// Searches the places in order and opens the first library that serves.
  init(_ explicit: String? = nil) throws(DiagnosticError) {
    try self.init(searching: RuntimePlaces.all(explicit: explicit))
  }

  /// Opens the first library that serves among those places.
  init(searching places: [RuntimePlace]) throws(DiagnosticError) {
    var findings: [Finding] = []
    var tooOld: (path: String, version: String)?
    for place in places {
      let candidates = place.candidates
      if candidates.isEmpty { findings.append(Finding(place: place.text, outcome: "not there")) }
      for candidate in candidates {
        let (outcome, library) = OpenedLibrary.open(candidate)
        findings.append(Finding(place: candidate, outcome: outcome.text))
        if case .tooOld(let version) = outcome, tooOld == nil { tooOld = (candidate, version) }
        guard let library else { continue }
        try self.init(library, path: candidate, findings: findings)
        return
      }
      if place.isDemanded {
        if let tooOld { throw .oldRuntime(tooOld.path, tooOld.version) }
        throw .missingDemandedRuntime(place, findings)
      }
    }
    if let tooOld { throw .oldRuntime(tooOld.path, tooOld.version) }
    throw .missingRuntime(findings)
  }

  private init(
    _ library: OpenedLibrary, path: String, findings: [Finding]
  ) throws(DiagnosticError) {
    let functions = library.functions
    self.version = library.version
    self.path = path
    self.findings = findings
    self.functions = functions
    self.environment = try RuntimeEnvironment(functions)
    self.availableProviders = try functions.availableProviders()
  }
}
