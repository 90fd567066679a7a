/// How an explainer runs its model.
public struct ExplainerOptions: Hashable, Sendable {
  /// Threads for one run; nil leaves it to the runtime, which takes one a core.
  public var threads: Int?
  /// Where the model runs.
  public var provider: Provider
  /// Whether weights are rearranged when the model is loaded: loads slower and takes memory, runs
  /// faster for models made of matrix products.  Worth it for many photos.
  public var prepacksWeights: Bool

  /// The library that runs the model.
  public var engine: Engine
  /// How exactly numbers are computed; only ``Engine/openVINO`` has a choice.
  public var precision: Precision
  /// Whether the first run of each graph on ``Engine/openVINO`` is compared with ONNX Runtime's in
  /// float32: loads the model twice for that run, and throws where the two differ by more than
  /// the precision explains.
  public var checksEngine: Bool

  /// Where graphs that ONNX Runtime has optimised are kept, so that the next process starts faster;
  /// nil keeps none.
  public var graphFolder: GraphFolder?

  /// A library that runs models.
  public enum Engine: String, CaseIterable, Hashable, Sendable {
    /// ONNX Runtime, on which everything is tested and outputs are the model's own to the bit.
    case onnxRuntime = "onnxruntime"
    /// OpenVINO 2025.4 or later, where it is installed.
    case openVINO = "openvino"
  }

  /// How exactly numbers are computed.
  public enum Precision: String, CaseIterable, Hashable, Sendable {
    /// In float32, or as the model has them.
    case float32 = "f32"
    /// Convolutions and products in bfloat16, which has 8 significant bits: up to twice as fast on
    /// processors with instructions for it.
    case bfloat16 = "bf16"
  }

  /// Where a model runs.
  public enum Provider: String, CaseIterable, Hashable, Sendable {
    case cpu
    /// NVIDIA's, where the ONNX Runtime library has it.
    case cuda
  }

  /// Makes options.
  public init(
    threads: Int? = nil, provider: Provider = .cpu, prepacksWeights: Bool = true,
    engine: Engine = .onnxRuntime, precision: Precision = .float32, checksEngine: Bool = true
  ) {
    self.threads = threads
    self.provider = provider
    self.prepacksWeights = prepacksWeights
    (self.engine, self.precision, self.checksEngine) = (engine, precision, checksEngine)
  }
}
