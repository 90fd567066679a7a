/// How an explainer runs its model.
public struct ExplainerOptions: Hashable, Sendable {
  /// Threads for one run; nil leaves it to the runtime, which takes one a core.
  public var threads: Int?
  /// Where the model runs.
  public var provider: Provider
  /// Whether weights are rearranged when the model is loaded: loads slower and takes memory, runs
  /// faster for models made of matrix products.  Worth it for many photos.
  public var prepacksWeights: Bool

  /// Where a model runs.
  public enum Provider: String, CaseIterable, Hashable, Sendable {
    case cpu
    /// NVIDIA's, where the ONNX Runtime library has it.
    case cuda
  }

  /// Makes options.
  public init(threads: Int? = nil, provider: Provider = .cpu, prepacksWeights: Bool = true) {
    self.threads = threads
    self.provider = provider
    self.prepacksWeights = prepacksWeights
  }
}
