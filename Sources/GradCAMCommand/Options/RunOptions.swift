import ArgumentParser
import GradCAM

/// How the model is run.
struct RunOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Threads of one run; one a core unless given.", valueName: "n"))
  var threads: Int?

  @Option(help: "Where the model runs.")
  var provider: ExplainerOptions.Provider = .cpu

  func validate() throws {
    guard let threads else { return }
    guard (1...1024).contains(threads) else {
      throw ValidationError("'--threads \(threads)' is not between 1 and 1024")
    }
  }

  /// Weights are rearranged only for many pictures, because for one, loading takes longer then.
  func explainerOptions(pictureCount: Int, threads: Int? = nil) -> ExplainerOptions {
    ExplainerOptions(
      threads: threads ?? self.threads, provider: provider, prepacksWeights: pictureCount > 8)
  }
}
