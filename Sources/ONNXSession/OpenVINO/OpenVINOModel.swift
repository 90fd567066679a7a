import COpenVINO
import Diagnostics
import ONNXFormat
import Synchronization

/// A model made ready to run by OpenVINO.
///
/// Shapes stay as open as the model has them: compiling for fixed ones was not faster.
final class OpenVINOModel: LoadedModel, @unchecked Sendable {
  // Unchecked: the library allows many requests of one model, of which each thread takes its own.
  private let pointer: UnsafeMutablePointer<OVCompiledModel>
  private let library: OpenVINO
  /// Keeps the weights mapped, which the library may read as long as the model lives.
  private let file: ModelFile
  /// The inputs that something reads; the library forgets the others.
  private let readInputs: Set<String>
  /// Requests that no run uses now.
  private let idle = Mutex<[OpenVINORequest]>([])
  let inputs: [ValueInfo]
  let outputs: [ValueInfo]

  init(_ model: ModelFile, options: SessionOptions) throws(DiagnosticError) {
    let library = try OpenVINO.shared()
    if options.precision == .bfloat16, !library.device.capabilities.contains("BF16") {
      throw .noBrainFloats(library)
    }
    let (core, functions) = (library.core.pointer, library.core.functions)
    let name = model.name
    let refused = { (reason: String) in DiagnosticError.refusedByOpenVINO(name, reason) }
    let data = try model.separatingTransposedWeights().sessionData(
      addressedAs: "*/_ORT_MEM_ADDR_/*")
    let read = try data.withBytes {
      bytes throws(DiagnosticError) -> UnsafeMutablePointer<OVModel> in
      guard let start = bytes.bindMemory(to: CChar.self).baseAddress else {
        throw refused("it is empty")
      }
      return try functions.made("model", refused) {
        functions.ReadModel(core, start, bytes.count, nil, $0)
      }
    }
    defer { functions.FreeModel(read) }
    let precision = options.precision == .bfloat16 ? "bf16" : "f32"
    let compiled = try functions.made("compiled model", refused) { compiled in
      withUnsafePointer(to: functions) {
        OVCompile($0, core, read, precision, String(options.threads ?? 0), compiled)
      }
    }
    (self.library, file, pointer) = (library, model, compiled)
    let weights = Set(model.proto.graph.initializer.map(\.name))
    inputs = model.proto.graph.input.filter { !weights.contains($0.name) }.map(ValueInfo.init)
    outputs = model.proto.graph.output.map(ValueInfo.init)
    readInputs = Set(inputs.map(\.name).filter { functions.hasInput($0, of: compiled) })
  }

  deinit {
    idle.withLock { $0 = [] }
    library.core.functions.FreeCompiledModel(pointer)
  }
}

// MARK: - Running

extension OpenVINOModel {
  func run(
    _ inputs: [(name: String, tensor: Tensor)], outputs: [String]
  ) throws(DiagnosticError) -> [Tensor] {
    let request = try takenRequest()
    let results = try request.run(
      inputs.filter { readInputs.contains($0.name) }[...], outputs: outputs, model: file.name)
    // One that failed is not used again.
    idle.withLock { $0.append(request) }
    return results
  }

  private func takenRequest() throws(DiagnosticError) -> OpenVINORequest {
    if let request = idle.withLock({ $0.popLast() }) { return request }
    return try OpenVINORequest(of: pointer, library.core.functions)
  }
}

extension OVFunctions {
  /// Whether a compiled model takes that input.
  fileprivate func hasInput(
    _ name: String, of model: UnsafeMutablePointer<OVCompiledModel>
  ) -> Bool {
    var port: UnsafeMutablePointer<OVPort>?
    defer { FreePort(port) }
    return FindInput(model, name, &port) == 0 && port != nil
  }
}

// MARK: - What the model says of its values

extension ValueInfo {
  /// What a graph declares of a value.
  fileprivate init(_ proto: ValueInfoProto) {
    let tensor = proto.type.tensorType
    self.init(
      name: proto.name, elementType: ElementType(rawValue: tensor.elemType),
      shape: tensor.shape.dim.map {
        $0.dimParam.isEmpty && $0.dimValue > 0 ? Int($0.dimValue) : -1
      },
      symbols: tensor.shape.dim.map(\.dimParam))
  }
}
