import COnnxRuntime
package import Diagnostics
package import ONNXFormat

/// A model made ready to run; safe to run from several threads at once.
package final class Session: @unchecked Sendable {
  // Unchecked: the runtime allows concurrent runs of one session, and nothing else changes.
  private let pointer: UnsafeMutablePointer<ORTSession>
  private let runtime: Runtime
  private let model: String

  /// What the model takes, in the model's order; initializers that are also inputs are left out.
  package let inputs: [ValueInfo]

  /// What the model gives, in the model's order.
  package let outputs: [ValueInfo]

  /// Makes a session of the model; its weights are mapped from their files, not copied.
  package init(
    _ model: ModelFile, options: SessionOptions = SessionOptions()
  ) throws(DiagnosticError) {
    let runtime = try Runtime.shared()
    let functions = runtime.functions
    let settings = try runtime.settings(for: options, folder: model.folder)
    defer { functions.ReleaseSessionOptions(settings) }
    let data = try model.sessionData()
    let name = model.name
    let pointer = try data.withBytes {
      bytes throws(DiagnosticError) -> UnsafeMutablePointer<ORTSession> in
      guard let start = bytes.baseAddress else { throw .refusedModel(name, "it is empty") }
      return try functions.made("session", { .refusedModel(name, $0) }) {
        functions.CreateSessionFromArray(
          runtime.environment.pointer, start, bytes.count, settings, $0)
      }
    }
    do {
      self.inputs = try functions.inputs(of: pointer)
      self.outputs = try functions.outputs(of: pointer)
    } catch {
      functions.ReleaseSession(pointer)
      throw error
    }
    self.pointer = pointer
    self.runtime = runtime
    self.model = name
  }

  deinit { runtime.functions.ReleaseSession(pointer) }
}

// MARK: - Running

extension Session {
  /// Runs the model on the inputs, which are read where they lie, and gives the outputs asked
  /// for, in that order.
  package func run(
    _ inputs: [String: Tensor], outputs names: [String]
  ) throws(DiagnosticError) -> [Tensor] {
    try check(inputs)
    for name in names where !outputs.contains(where: { $0.name == name }) {
      throw .unknownOutput(name, model, outputs)
    }
    // An output that is an input would be the fed tensor's memory, which need not outlive the run.
    let computed = names.filter { inputs[$0] == nil }
    if computed.count < names.count {
      var results = try run(inputs, outputs: computed)[...]
      return names.compactMap { inputs[$0] ?? results.popFirst() }
    }
    guard !names.isEmpty else { return [] }
    let given = self.inputs.compactMap { info in inputs[info.name].map { (info.name, $0) } }
    var values: [UnsafePointer<ORTValue>] = []
    return try feeding(given[...], values: &values, inputs: given.map(\.0), outputs: names)
  }

  /// Throws where an input is missing or unknown, or has another type or shape than the model's.
  private func check(_ given: [String: Tensor]) throws(DiagnosticError) {
    for name in given.keys.sorted() where !inputs.contains(where: { $0.name == name }) {
      throw .unknownInput(name, model, inputs)
    }
    for input in inputs {
      guard let tensor = given[input.name] else { throw .missingInput(input, model) }
      guard tensor.elementType == input.elementType else { throw .wrongType(input, tensor) }
      guard input.accepts(tensor.shape) else { throw .wrongShape(input, tensor) }
    }
  }

  /// Wraps the first tensor's memory in a value for as long as the rest is wrapped and run.
  private func feeding(
    _ tensors: ArraySlice<(String, Tensor)>, values: inout [UnsafePointer<ORTValue>],
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
