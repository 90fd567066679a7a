import ArgumentParser
import GradCAM

/// How the map is computed, and by which conventions.
struct MethodOptions: ParsableArguments {
  @Option(help: "How the map is computed; 'gradcam methods' tells of each.")
  var method: Method = .gradCAM

  @OptionGroup var tuning: TuningOptions

  func validate() throws {
    _ = try tuning.tuned(method)
  }
}

extension MethodOptions {
  /// Everything about how an explanation is made.
  func options(showing evidence: Evidence?, fusedBy fusion: Fusion? = nil) -> ExplanationOptions {
    tuning.options(
      (try? tuning.tuned(method)) ?? method, showing: evidence, fusedBy: fusion)
  }
}
