import COnnxRuntime
import COpenVINO
import Diagnostics
import ONNXFormat

// MARK: - Finding the runtime

extension DiagnosticError {
  private static let howToGet =
    "run 'make setup' in the project, or 'pip install onnxruntime' and name its library's folder "
    + "in GRADCAM_ORT"

  /// No place holds the library.
  static func missingRuntime(_ findings: [Runtime.Finding]) -> Self {
    Self(
      .environment, "ONNX Runtime is not installed, as far as can be seen",
      notes: findings.map(\.text), help: howToGet)
  }

  /// The place that somebody asked for does not hold the library.
  static func missingDemandedRuntime(
    _ place: RuntimePlace, _ findings: [Runtime.Finding]
  ) -> Self {
    Self(
      .environment,
      "No ONNX Runtime at '\(place.text)', which \(place.demandedBy ?? "the option") names",
      notes: findings.map(\.text),
      help: "name the file 'libonnxruntime.so.1', or the folder that holds it")
  }

  /// The only library found is too old.
  static func oldRuntime(_ path: String, _ version: String) -> Self {
    Self(
      .environment,
      "ONNX Runtime \(version) is too old; 1.\(ORTOldestMinorVersion) or later is needed",
      notes: ["found at '\(path)'"], help: howToGet)
  }

  /// The runtime was not built with what was asked for.
  static func missingProvider(_ provider: ExecutionProvider, _ runtime: Runtime) -> Self {
    let names = runtime.availableProviders.map { "'\(ExecutionProvider.shortName($0))'" }
    return Self(
      .environment,
      "ONNX Runtime \(runtime.version) has no execution provider '\(provider.name)'",
      notes: [
        "found at '\(runtime.path)'", "it has \(names.joined(separator: ", "))",
      ],
      help: provider.name == "cuda"
        ? "install 'onnxruntime-gpu' and name its library's folder in GRADCAM_ORT" : nil)
  }

  /// The provider is there, but does not start.
  static func failingProvider(_ provider: ExecutionProvider, _ reason: String) -> Self {
    Self(
      .environment, "The execution provider '\(provider.name)' does not start",
      notes: [RuntimeMessage(reason).text])
  }
}

extension Runtime.Finding {
  /// The place and what was there, in one line.
  package var text: String { "'\(place)': \(outcome)" }
}

// MARK: - What the runtime says

extension DiagnosticError {
  /// The runtime failed where it should not.
  static func runtime(_ reason: String) -> Self {
    Self(.environment, "ONNX Runtime failed: \(RuntimeMessage(reason).text)")
  }

  /// The runtime refuses the model.
  static func refusedModel(_ name: String, _ reason: String) -> Self {
    let message = RuntimeMessage(reason)
    let isTooNew = message.text.contains("IR version") || message.text.contains("till opset")
    return Self(
      .input, "ONNX Runtime does not load '\(name)'", notes: message.notes,
      help: isTooNew
        ? "use a newer ONNX Runtime, or export the model with an older opset" : nil)
  }

  /// A run failed.
  static func failedRun(_ name: String, _ reason: String) -> Self {
    Self(.input, "Running '\(name)' failed", notes: RuntimeMessage(reason).notes)
  }
}

extension RuntimeMessage {
  /// The node and the text, as notes of an error.
  fileprivate var notes: [String] { (node.map { ["at node '\($0)'"] } ?? []) + [text] }
}

// MARK: - Inputs and outputs

extension DiagnosticError {
  /// The model has no such input.
  static func unknownInput(_ name: String, _ model: String, _ inputs: [ValueInfo]) -> Self {
    Self(
      .input, "'\(model)' has no input '\(name)'",
      help: Suggestions.question(for: name, in: inputs.map(\.name))
        ?? "its inputs are \(inputs.quotedNames)")
  }

  /// The model has no such output.
  static func unknownOutput(_ name: String, _ model: String, _ outputs: [ValueInfo]) -> Self {
    Self(
      .input, "'\(model)' has no output '\(name)'",
      help: Suggestions.question(for: name, in: outputs.map(\.name))
        ?? "its outputs are \(outputs.quotedNames)")
  }

  /// An input of the model was not given.
  static func missingInput(_ input: ValueInfo, _ model: String) -> Self {
    Self(
      .input,
      "Input '\(input.name)' of '\(model)' was not given; it takes \(input.elementType) "
        + input.shapeText)
  }

  /// The tensor given has another element type.
  static func wrongType(_ input: ValueInfo, _ tensor: Tensor) -> Self {
    Self(
      .input,
      "Input '\(input.name)' takes \(input.elementType), but the tensor is \(tensor.elementType)")
  }

  /// The tensor given has another shape.
  static func wrongShape(_ input: ValueInfo, _ tensor: Tensor) -> Self {
    Self(
      .input,
      "Input '\(input.name)' has shape \(input.shapeText), but the tensor has \(tensor.shape)",
      notes: input.shape.count == tensor.shape.count
        ? [] : ["\(input.shape.count) axes are expected, \(tensor.shape.count) are given"])
  }

  /// The output is a sequence, a map or text.
  static func unreadableOutput(_ name: String, _ model: String) -> Self {
    Self(.unsupported, "Output '\(name)' of '\(model)' is not a tensor of numbers")
  }
}

extension [ValueInfo] {
  /// The names in quotes, with commas.
  fileprivate var quotedNames: String { map { "'\($0.name)'" }.joined(separator: ", ") }
}

// MARK: - OpenVINO

extension DiagnosticError {
  private static let howToGetOpenVINO =
    "run 'make setup-openvino' in the project, or 'pip install openvino' and name its folder "
    + "'openvino/libs' in GRADCAM_OPENVINO"

  /// No place holds the library.
  static func missingOpenVINO(_ findings: [Runtime.Finding]) -> Self {
    Self(
      .environment,
      "OpenVINO \(OVOldestYear).\(OVOldestRelease) or later is not installed, as far as can be seen",
      notes: findings.map(\.text), help: howToGetOpenVINO)
  }

  /// The place that somebody asked for does not hold the library.
  static func missingDemandedOpenVINO(
    _ place: RuntimePlace, _ findings: [Runtime.Finding]
  ) -> Self {
    Self(
      .environment,
      "No OpenVINO at '\(place.text)', which \(place.demandedBy ?? "the option") names",
      notes: findings.map(\.text),
      help: "name the folder that holds 'libopenvino_c' and the library's other parts")
  }

  /// The library failed where it should not.
  static func openVINO(_ reason: String) -> Self {
    Self(.environment, "OpenVINO failed: \(RuntimeMessage(openVINO: reason).text)")
  }

  /// A run on the library failed.
  static func failedRunOnOpenVINO(_ name: String, _ reason: String) -> Self {
    Self(
      .unsupported, "Running '\(name)' on OpenVINO failed",
      notes: [RuntimeMessage(openVINO: reason).text],
      help: "run it with '--engine onnxruntime'")
  }

  /// The library refuses the model.
  static func refusedByOpenVINO(_ name: String, _ reason: String) -> Self {
    Self(
      .unsupported, "OpenVINO does not load '\(name)'",
      notes: [RuntimeMessage(openVINO: reason).text],
      help: "run it with '--engine onnxruntime'")
  }

  /// The processor computes in float32 only.
  static func noBrainFloats(_ library: OpenVINO) -> Self {
    Self(
      .environment, "This processor has no instructions for bfloat16",
      notes: ["OpenVINO \(library.version) sees '\(library.device.name)'"],
      help: "run it with '--precision f32'")
  }

  /// Reduced precision on the engine that has none.
  static var noReducedPrecision: Self {
    Self(
      .unsupported, "ONNX Runtime computes in the model's own precision only",
      help: "bfloat16 needs '--engine openvino'")
  }

  /// A graphics card on the engine that is used for the processor.
  static var noProviderOfOpenVINO: Self {
    Self(
      .unsupported, "OpenVINO runs on the processor only here",
      help: "'--provider cuda' needs '--engine onnxruntime'")
  }

  /// A type that the library has no tensors of.
  static func unknownToOpenVINO(_ type: ElementType, _ input: String) -> Self {
    Self(
      .unsupported, "OpenVINO takes no \(type), which input '\(input)' is",
      help: "run it with '--engine onnxruntime'")
  }

  /// The engine gives something else than ONNX Runtime.
  static func disagreeingEngine(_ agreement: Agreement, _ model: String) -> Self {
    let hundredths = Int((100 * agreement.correlation).rounded())
    return Self(
      .unsupported, "OpenVINO computes something else of '\(model)' than ONNX Runtime",
      notes: [
        "output '\(agreement.output)' correlates with ONNX Runtime's by \(hundredths) % only"
      ],
      help: "run it with '--engine onnxruntime'")
  }
}
