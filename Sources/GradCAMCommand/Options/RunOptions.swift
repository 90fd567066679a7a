import ArgumentParser
import GradCAM

/// How the model is run.
struct RunOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Threads of one run; one a core unless given.", valueName: "n"))
  var threads: Int?

  @Option(help: "Where the model runs.")
  var provider: ExplainerOptions.Provider = .cpu

  @Option(help: "The library that runs the model; OpenVINO need not be installed.")
  var engine: ExplainerOptions.Engine = .onnxRuntime

  @Option(
    help: """
      How exactly numbers are computed; bf16 needs '--engine openvino' and a processor with \
      instructions for it.
      """)
  var precision: ExplainerOptions.Precision = .float32

  @Flag(
    help: ArgumentHelp(
      """
      Do not compare the first run on OpenVINO with ONNX Runtime's, for which the model is loaded \
      twice.
      """))
  var noEngineCheck = false

  @Option(
    help: ArgumentHelp(
      """
      Where optimised graphs are kept, so that the next run starts faster: 'on' for the user's cache \
      folder, or a folder; each is as large as the model.
      """, valueName: "on|off|folder"),
    completion: .directory)
  var cache = "off"

  func validate() throws {
    if cache.isEmpty { throw ValidationError("'--cache' names no folder") }
    if precision == .bfloat16, engine == .onnxRuntime {
      throw ValidationError("'--precision bf16' needs '--engine openvino'")
    }
    if provider == .cuda, engine == .openVINO {
      throw ValidationError("'--provider cuda' needs '--engine onnxruntime'")
    }
    guard let threads else { return }
    guard (1...1024).contains(threads) else {
      throw ValidationError("'--threads \(threads)' is not between 1 and 1024")
    }
  }

  /// Weights are rearranged only for many pictures, because for one, loading takes longer then.
  func explainerOptions(pictureCount: Int, threads: Int? = nil) -> ExplainerOptions {
    var options = ExplainerOptions(
      // OpenVINO runs photos one after another, each on all threads.
      threads: engine == .openVINO ? self.threads : threads ?? self.threads, provider: provider,
      prepacksWeights: pictureCount > 8, engine: engine, precision: precision,
      checksEngine: !noEngineCheck)
    switch cache {
    case "off": break
    case "on": options.graphFolder = .customary
    default: options.graphFolder = GraphFolder(cache)
    }
    return options
  }
}
