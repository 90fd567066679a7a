package import Diagnostics
package import ONNXFormat

/// A model made ready to run; safe to run from several threads at once.
package final class Session: Sendable {
  private let loaded: any LoadedModel
  private let model: String
  /// Compares the first run with ONNX Runtime's, where another engine runs.
  private let check: EngineCheck?

  /// Makes a session of the model; its weights are mapped from their files, not copied.
  package init(
    _ model: ModelFile, options: SessionOptions = SessionOptions()
  ) throws(DiagnosticError) {
    switch options.engine {
    case .onnxRuntime:
      guard options.precision == .full else { throw .noReducedPrecision }
      (loaded, check) = (try RuntimeModel(model, options: options), nil)
    case .openVINO:
      guard options.providers == [.cpu] else { throw .noProviderOfOpenVINO }
      loaded = try OpenVINOModel(model, options: options)
      check = options.checksEngine ? EngineCheck(model, options) : nil
    }
    self.model = model.name
  }

  /// What the model takes, in the model's order; initializers that are also inputs are left out.
  package var inputs: [ValueInfo] { loaded.inputs }

  /// What the model gives, in the model's order.
  package var outputs: [ValueInfo] { loaded.outputs }

  /// What a user should hear of how the model was loaded; nil where there is nothing.
  package var note: String? { loaded.note }

  /// How the first run agreed with ONNX Runtime's in float32; nil before it, and where nothing
  /// was compared.
  package var agreement: Agreement? { check?.agreement }
}

// MARK: - Running

extension Session {
  /// Runs the model on the inputs, which are read where they lie, and gives the outputs asked
  /// for, in that order.
  ///
  /// - Parameter comparable: given the outputs, the inputs with which another engine must give
  ///   the same, where it could otherwise choose another class; the inputs themselves unless
  ///   given.
  package func run(
    _ inputs: [String: Tensor], outputs names: [String],
    comparable: (([Tensor]) -> [String: Tensor])? = nil
  ) throws(DiagnosticError) -> [Tensor] {
    try check(inputs)
    for name in names where !outputs.contains(where: { $0.name == name }) {
      throw .unknownOutput(name, model, outputs)
    }
    // An output that is an input would be the fed tensor's memory, which need not outlive the run.
    let computed = names.filter { inputs[$0] == nil }
    var results: [Tensor] = []
    if !computed.isEmpty {
      results = try loaded.run(ordered(inputs), outputs: computed)
      if let check, check.isOpen {
        let all = merged(results, names, inputs)
        try check.compare(results, of: computed, with: ordered(comparable?(all) ?? inputs))
      }
    }
    return merged(results, names, inputs)
  }

  /// The outputs asked for, of which those that are inputs were not computed.
  private func merged(
    _ results: [Tensor], _ names: [String], _ inputs: [String: Tensor]
  ) -> [Tensor] {
    var rest = results[...]
    return names.compactMap { inputs[$0] ?? rest.popFirst() }
  }

  /// The tensors in the order of the model's inputs.
  private func ordered(_ inputs: [String: Tensor]) -> [(name: String, tensor: Tensor)] {
    self.inputs.compactMap { info in inputs[info.name].map { (info.name, $0) } }
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
}
