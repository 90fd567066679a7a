import COnnxRuntime
import Diagnostics
import ONNXFormat

extension Runtime {
  /// The runtime's options for a session; the caller releases them.
  ///
  /// - Parameters:
  ///   - folder: where external weights lie.
  ///   - written: a folder into which the optimised graph is written.
  func settings(
    for options: SessionOptions, folder: String, writingTo written: String? = nil
  ) throws(DiagnosticError) -> UnsafeMutablePointer<ORTSessionOptions> {
    let settings = try functions.made("options") { functions.CreateSessionOptions($0) }
    do {
      try fill(settings, from: options, folder: folder)
      if let written { try write(settings, into: written) }
      return settings
    } catch {
      functions.ReleaseSessionOptions(settings)
      throw error
    }
  }

  private func fill(
    _ settings: UnsafeMutablePointer<ORTSessionOptions>, from options: SessionOptions,
    folder: String
  ) throws(DiagnosticError) {
    try functions.check(
      functions.SetSessionLogSeverityLevel(settings, RuntimeEnvironment.severity))
    try functions.check(
      functions.SetSessionGraphOptimizationLevel(settings, options.optimizationLevel.number))
    if let threads = options.threads {
      try functions.check(functions.SetIntraOpNumThreads(settings, Int32(clamping: threads)))
    }
    // Fused with what stands between them, quantizing nodes give other results, and which are
    // fused depends on who reads them: a model is run as it is written, explained or not.
    var entries = [("session.disable_quant_qdq", "1")]
    if !options.prepacking { entries.append(("session.disable_prepacking", "1")) }
    if !options.spinning { entries.append(("session.intra_op.allow_spinning", "0")) }
    if !folder.isEmpty {
      entries.append(("session.model_external_initializers_file_folder_path", folder))
    }
    for (key, value) in entries {
      try functions.check(functions.AddSessionConfigEntry(settings, key, value))
    }
    for provider in options.providers where provider != .cpu {
      try append(provider, to: settings)
    }
  }

  /// Has the optimised graph written, with its weights in a file beside it.
  private func write(
    _ settings: UnsafeMutablePointer<ORTSessionOptions>, into folder: String
  ) throws(DiagnosticError) {
    let entries = [
      ("session.optimized_model_external_initializers_file_name", GraphStore.weightsName),
      ("session.optimized_model_external_initializers_min_size_in_bytes", "1024"),
    ]
    for (key, value) in entries {
      try functions.check(functions.AddSessionConfigEntry(settings, key, value))
    }
    let path = folder.appending(component: GraphStore.graphName)
    try functions.check(functions.SetOptimizedModelFilePath(settings, path))
  }

  private func append(
    _ provider: ExecutionProvider, to settings: UnsafeMutablePointer<ORTSessionOptions>
  ) throws(DiagnosticError) {
    guard availableProviders.contains(provider.runtimeName) else {
      throw .missingProvider(provider, self)
    }
    let failing = { (reason: String) in DiagnosticError.failingProvider(provider, reason) }
    let cuda = try functions.made("options", failing) { functions.CreateCUDAProviderOptions($0) }
    defer { functions.ReleaseCUDAProviderOptions(cuda) }
    let keys = CStrings(["device_id"])
    let values = CStrings([String(provider.device)])
    try functions.check(
      functions.UpdateCUDAProviderOptions(cuda, keys.pointers, values.pointers, 1), failing)
    withExtendedLifetime((keys, values)) {}
    try functions.check(
      functions.SessionOptionsAppendExecutionProviderCUDA(settings, cuda), failing)
  }
}
