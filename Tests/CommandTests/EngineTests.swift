import Testing
import _TestSupport

@testable import GradCAM

/// Whether OpenVINO is installed here, and the precisions that it has.
private let precisions = (try? RuntimeDescription.foundOpenVINO())?.providers ?? []

/// Another engine and reduced precision.
@Suite struct EngineTests {
  private func explain(
    _ folder: Pictures, _ options: String..., environment: [String: String] = [:]
  ) throws -> Command.Result {
    try Command.run(
      ["explain", Fixtures.path("Models/plain.onnx"), "photo.png"] + options, in: folder.path,
      environment: environment)
  }

  @Test(
    "Options that do not go together are told",
    arguments: [
      (["--precision", "bf16"], "'--precision bf16' needs '--engine openvino'"),
      (["--compare-precision"], "'--compare-precision' needs '--engine openvino'"),
      (
        ["--engine", "openvino", "--provider", "cuda"],
        "'--provider cuda' needs '--engine onnxruntime'"
      ),
    ])
  func contradictions(_ options: [String], _ message: String) throws {
    let result = try Command.run(
      ["explain", Fixtures.path("Models/plain.onnx"), "photo.png"] + options)
    #expect(result.errors.hasPrefix("Error: \(message)\n"))
    #expect(result.code == 2)
  }

  @Test("OpenVINO where it is not ends with exit code 3")
  func missing() throws {
    let folder = try Pictures()
    let result = try explain(
      folder, "--engine", "openvino", environment: ["GRADCAM_OPENVINO": "/absent"])
    #expect(
      result.errors.hasPrefix("Error: No OpenVINO at '/absent', which GRADCAM_OPENVINO names\n"))
    #expect(result.code == 3)
    #expect(folder.added.isEmpty)
  }

  @Test("The doctor misses no OpenVINO")
  func doctor() throws {
    let result = try Command.run(["doctor"], environment: ["GRADCAM_OPENVINO": "/absent"])
    #expect(
      result.text.contains("OpenVINO\n  version  not found; only '--engine openvino' needs it\n"))
    #expect(result.code == 0)
  }

  @Test(
    "OpenVINO's map is ONNX Runtime's",
    .enabled(if: !precisions.isEmpty, "OpenVINO is not installed"))
  func float32() throws {
    let folder = try Pictures()
    let result = try explain(folder, "--engine", "openvino", "--compare-precision", "--json")
    let report = try Report(result)
    let measures = try #require(report.explanations.first?.measures)
    #expect(try #require(measures["correlation with float32"]) > 0.9999)
  }

  @Test(
    "A map in bfloat16 tells how far it is that of float32",
    .enabled(if: precisions.contains("bf16"), "no OpenVINO, or no instructions for bfloat16"))
  func bfloat16() throws {
    let folder = try Pictures()
    let result = try explain(
      folder, "--engine", "openvino", "--precision", "bf16", "--compare-precision", "--json")
    let report = try Report(result)
    let measures = try #require(report.explanations.first?.measures)
    #expect(try #require(measures["correlation with float32"]) > 0.9)
  }

  @Test(
    "Attention's gradient is ONNX Runtime's too, though its weights are read in two ways",
    .enabled(if: !precisions.isEmpty, "OpenVINO is not installed"),
    arguments: ["vit-dynamo", "torchvision-vit-torchscript", "xcit-dynamo"])
  func attention(_ network: String) throws {
    let folder = try Pictures()
    let path = Fixtures.path("Tokens/\(network)/")
    let result = try Command.run(
      ["explain", path + "model.onnx", path + "input.npy", "--engine", "openvino", "--json"]
        + ["--compare-precision", "--method", "gradient", "--save", "none"], in: folder.path)
    #expect(result.code == 0, "\(result.errors)")
    for explanation in try Report(result).explanations {
      #expect(try #require(explanation.measures?["correlation with float32"]) > 0.999)
    }
  }
}
