import Diagnostics
import ONNXFormat
import Testing
import _TestSupport

@testable import ONNXSession

@Suite("Session options")
struct SessionOptionsTests {
  private static let x = Tensor(shape: [1, 2], floats: [0.25, 4])

  @Test(
    "do not change what is computed",
    arguments: [
      SessionOptions(threads: 1), SessionOptions(threads: 2, optimizationLevel: .none),
      SessionOptions(optimizationLevel: .basic, prepacking: false),
      SessionOptions(optimizationLevel: .extended, spinning: false),
    ])
  func options(_ options: SessionOptions) throws {
    let session = try Session(ModelFile(proto: SessionTests.sum), options: options)
    #expect(try session.run(["x": Self.x], outputs: ["y"])[0].floats == [1.25, 3])
  }

  @Test("name the providers there are when asked for another")
  func providers() throws {
    let runtime = try Runtime.shared()
    #expect(runtime.availableProviders.contains(ExecutionProvider.cpu.runtimeName))
    let missing = ExecutionProvider(runtimeName: "AbacusExecutionProvider", device: 0)
    let error = #expect(throws: DiagnosticError.self) {
      try Session(
        ModelFile(proto: SessionTests.sum), options: SessionOptions(providers: [missing, .cpu]))
    }
    #expect(error?.kind == .environment)
    #expect(
      error?.message == "ONNX Runtime \(runtime.version) has no execution provider 'abacus'")
    #expect(error?.notes.last?.contains("'cpu'") == true)
  }
}
