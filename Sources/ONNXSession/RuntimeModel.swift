import COnnxRuntime
import Diagnostics
import ONNXFormat

/// A model made ready to run by ONNX Runtime.
final class RuntimeModel: LoadedModel, @unchecked Sendable {
  // Unchecked: the runtime allows concurrent runs of one session, and nothing else changes.
  private let pointer: UnsafeMutablePointer<ORTSession>
  private let runtime: Runtime
  private let model: String
  let inputs: [ValueInfo]
  let outputs: [ValueInfo]

  /// What became of the stored graph, where a user should hear of it.
  let note: String?

  init(_ model: ModelFile, options: SessionOptions) throws(DiagnosticError) {
    let runtime = try Runtime.shared()
    let functions = runtime.functions
    let (pointer, note) = try Self.loaded(model, options: options, by: runtime)
    do {
      self.inputs = try functions.inputs(of: pointer)
      self.outputs = try functions.outputs(of: pointer)
    } catch {
      functions.ReleaseSession(pointer)
      throw error
    }
    self.pointer = pointer
    self.runtime = runtime
    self.model = model.name
    self.note = note
  }

  deinit { runtime.functions.ReleaseSession(pointer) }
}

// MARK: - Loading

extension RuntimeModel {
  /// The session of a model: of its stored graph where there is one, else of its own, which is then
  /// stored where that is asked for.
  private static func loaded(
    _ model: ModelFile, options: SessionOptions, by runtime: Runtime
  ) throws(DiagnosticError) -> (UnsafeMutablePointer<ORTSession>, note: String?) {
    guard let store = options.store, let key = options.storeKey, options.providers == [.cpu] else {
      return (try made(model, options: options, by: runtime), nil)
    }
    var note: String?
    switch store.finding(key) {
    case .nothing: break
    case .graph(let graph):
      // It was optimised before it was stored.
      var plain = options
      plain.optimizationLevel = .none
      if let pointer = try? made(graph, options: plain, by: runtime) { return (pointer, nil) }
      fallthrough
    case .damaged:
      store.remove(key)
      note = "a stored graph in '\(store.folder)' was damaged; it was made anew"
    }
    let (pointer, isKept) = try store.keep(key) { folder throws(DiagnosticError) in
      // What cannot be written is run all the same.
      if let folder,
        let pointer = try? made(model, options: options, by: runtime, writingTo: folder)
      {
        return pointer
      }
      return try made(model, options: options, by: runtime)
    }
    guard !isKept else { return (pointer, note) }
    return (
      pointer,
      "the optimised graph could not be stored in '\(store.folder)': the folder cannot be written "
        + "to, or the graph is larger than all may be together"
    )
  }

  /// The runtime's session.
  private static func made(
    _ model: ModelFile, options: SessionOptions, by runtime: Runtime,
    writingTo folder: String? = nil
  ) throws(DiagnosticError) -> UnsafeMutablePointer<ORTSession> {
    let functions = runtime.functions
    let settings = try runtime.settings(for: options, folder: model.folder, writingTo: folder)
    defer { functions.ReleaseSessionOptions(settings) }
    let name = model.name
    return try model.sessionData().withBytes {
      bytes throws(DiagnosticError) -> UnsafeMutablePointer<ORTSession> in
      guard let start = bytes.baseAddress else { throw .refusedModel(name, "it is empty") }
      return try functions.made("session", { .refusedModel(name, $0) }) {
        functions.CreateSessionFromArray(
          runtime.environment.pointer, start, bytes.count, settings, $0)
      }
    }
  }
}

// MARK: - Running

extension RuntimeModel {
  func run(
    _ inputs: [(name: String, tensor: Tensor)], outputs: [String]
  ) throws(DiagnosticError) -> [Tensor] {
    var values: [UnsafePointer<ORTValue>] = []
    return try feeding(
      inputs[...], values: &values, inputs: inputs.map(\.name), outputs: outputs)
  }

  /// Wraps the first tensor's memory in a value for as long as the rest is wrapped and run.
  private func feeding(
    _ tensors: ArraySlice<(name: String, tensor: Tensor)>, values: inout [UnsafePointer<ORTValue>],
    inputs: [String], outputs: [String]
  ) throws(DiagnosticError) -> [Tensor] {
    guard let (_, tensor) = tensors.first else {
      return try run(values, inputs: inputs, outputs: outputs)
    }
    return try tensor.withUnsafeBytes { bytes throws(DiagnosticError) in
      let functions = runtime.functions
      let shape = tensor.shape.map(Int64.init)
      let value = try functions.made("tensor") {
        functions.CreateTensorWithDataAsOrtValue(
          runtime.environment.memory, UnsafeMutableRawPointer(mutating: bytes.baseAddress),
          bytes.count, shape, shape.count, tensor.elementType.rawValue, $0)
      }
      defer { functions.ReleaseValue(value) }
      values.append(UnsafePointer(value))
      return try feeding(
        tensors.dropFirst(), values: &values, inputs: inputs, outputs: outputs)
    }
  }

  private func run(
    _ values: [UnsafePointer<ORTValue>], inputs: [String], outputs: [String]
  ) throws(DiagnosticError) -> [Tensor] {
    let functions = runtime.functions
    var results = [UnsafeMutablePointer<ORTValue>?](repeating: nil, count: outputs.count)
    let inputNames = CStrings(inputs)
    let outputNames = CStrings(outputs)
    let status = functions.Run(
      pointer, nil, inputNames.pointers, values, values.count, outputNames.pointers,
      outputs.count, &results)
    withExtendedLifetime((inputNames, outputNames)) {}
    // Owned at once, so that nothing leaks when one of them turns out to be of no use.
    let owned = results.map { $0.map { RuntimeValue($0, functions: functions) } }
    try functions.check(status) { .failedRun(model, $0) }
    var tensors: [Tensor] = []
    for (name, value) in zip(outputs, owned) {
      guard let tensor = value?.tensor else { throw .unreadableOutput(name, model) }
      tensors.append(tensor)
    }
    return tensors
  }
}
