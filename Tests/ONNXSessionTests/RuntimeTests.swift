#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

import Diagnostics
import Testing
import _TestSupport

@testable import ONNXSession

@Suite("Finding ONNX Runtime")
struct RuntimeTests {
  let folder = TemporaryFolder()

  @Test("gives the version, the place and all that was tried before it")
  func shared() throws {
    let runtime = try Runtime.shared()
    #expect(runtime.version.split(separator: ".").count >= 2)
    #expect(runtime.findings.last?.place == runtime.path)
    #expect(runtime.findings.last?.outcome == "version \(runtime.version)")
  }

  @Test("takes the first place that holds it, and says what was at the others")
  func order() throws {
    let path = try Runtime.shared().path
    let text = try folder.write("not a library".utf8, to: "libonnxruntime.so.1")
    let runtime = try Runtime(searching: [
      RuntimePlace(folder.appending("nothing")), RuntimePlace(text),
      RuntimePlace("libonnxruntime-of-nobody.so", isLoaderName: true), RuntimePlace(path),
      RuntimePlace("/never/tried"),
    ])
    #expect(runtime.path == path)
    #expect(runtime.findings.count == 4)
    #expect(runtime.findings[0].outcome == "not there")
    #expect(runtime.findings[1].place == text)
    #expect(runtime.findings[3].outcome == "version \(runtime.version)")
  }

  @Test("lists every place tried when it is nowhere")
  func missing() {
    let nowhere = folder.appending("nowhere")
    let error = #expect(throws: DiagnosticError.self) {
      try Runtime(searching: [RuntimePlace(nowhere)])
    }
    #expect(
      error?.description == """
        ONNX Runtime is not installed, as far as can be seen
          note: '\(nowhere)': not there
          help: run 'make setup' in the project, or 'pip install onnxruntime' and name its \
        library's folder in GRADCAM_ORT
        """)
    #expect(error?.kind == .environment)
  }

  @Test("does not pass over a place that was asked for")
  func demanded() throws {
    let nowhere = folder.appending("nowhere")
    let path = try Runtime.shared().path
    let error = #expect(throws: DiagnosticError.self) {
      try Runtime(searching: [
        RuntimePlace(nowhere, demandedBy: "GRADCAM_ORT"), RuntimePlace(path),
      ])
    }
    #expect(error?.message == "No ONNX Runtime at '\(nowhere)', which GRADCAM_ORT names")
    #expect(error?.kind == .environment)
  }

  @Test("refuses a library that is something else")
  func foreign() throws {
    // A library that every system has.
    #if canImport(Darwin)
      let place = RuntimePlace("/usr/lib/libSystem.B.dylib", demandedBy: "the option")
    #else
      let place = RuntimePlace("libc.so.6", demandedBy: "the option", isLoaderName: true)
    #endif
    let error = #expect(throws: DiagnosticError.self) { try Runtime(searching: [place]) }
    #expect(error?.notes == ["'\(place.text)': is not ONNX Runtime"])
  }

  @Test("orders the libraries in a folder by version, newest first")
  func versions() throws {
    for name in [
      "libonnxruntime.so", "libonnxruntime.so.1", "libonnxruntime.so.1.9.0",
      "libonnxruntime.so.1.21.1", "libonnxruntime_providers_shared.so", "libonnxruntime.1.2.dylib",
      "libonnxruntime.so.old", "other.so",
    ] { try folder.write([], to: name) }
    #expect(
      RuntimePlaces.libraries(in: folder.path).map { $0.split(separator: "/").last } == [
        "libonnxruntime.so.1.21.1", "libonnxruntime.so.1.9.0", "libonnxruntime.1.2.dylib",
        "libonnxruntime.so.1", "libonnxruntime.so",
      ])
  }

  @Test("says of a version that is too old which it is, where, and what to do")
  func tooOld() {
    let error = DiagnosticError.oldRuntime("/usr/lib/libonnxruntime.so.1", "1.15.1")
    #expect(
      error.description == """
        ONNX Runtime 1.15.1 is too old; 1.21 or later is needed
          note: found at '/usr/lib/libonnxruntime.so.1'
          help: run 'make setup' in the project, or 'pip install onnxruntime' and name its \
        library's folder in GRADCAM_ORT
        """)
  }
}
