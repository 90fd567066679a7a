/// The numbers a method can be tuned by; nil where a method has no such number.
public struct MethodParameters: Hashable, Sendable {
  /// Number of noisy copies, masks, coalitions or baselines.
  public var samples: Int?
  /// Standard deviation of noise, as a share of the input's range (its largest less its smallest
  /// number).
  public var noise: Float?
  /// Number of steps along a path.
  public var steps: Int?
  /// What random draws start from; the same seed gives the same bytes.
  public var seed: UInt32?
  /// How many images or feature maps run at once at most.
  public var batch: Int?
  /// What stands for an absent input.
  public var baseline: Baseline?
  /// Side of the square that is hidden at a time, in pixels of the input.
  public var patch: Int?
  /// Distance between such squares, in pixels of the input.
  public var stride: Int?
  /// Number of cells along the shorter side of a coarse mask, or of superpixels over the photo.
  public var cells: Int?
  /// What is added to a denominator; nil leaves it to the preset.
  public var epsilon: Float?
  /// How strongly other classes count against the target's.
  public var contrast: Float?
  /// How many other classes count.
  public var rivals: Int?

  /// Makes parameters; those not given are nil.
  public init(
    samples: Int? = nil, noise: Float? = nil, steps: Int? = nil, seed: UInt32? = nil,
    batch: Int? = nil, baseline: Baseline? = nil, patch: Int? = nil, stride: Int? = nil,
    cells: Int? = nil, epsilon: Float? = nil, contrast: Float? = nil, rivals: Int? = nil
  ) {
    (self.samples, self.noise, self.steps, self.seed) = (samples, noise, steps, seed)
    (self.batch, self.baseline, self.patch, self.stride) = (batch, baseline, patch, stride)
    (self.cells, self.epsilon, self.contrast, self.rivals) = (cells, epsilon, contrast, rivals)
  }

  /// What stands for an absent input.
  public enum Baseline: String, CaseIterable, Hashable, Sendable {
    /// Zero in the model's own numbers: the mean colour where the preprocessing subtracts it.
    case zero
    /// Black.
    case black
    /// White.
    case white
    /// The photo's own mean, channel by channel.
    case mean
    /// The photo, strongly blurred.
    case blur
  }
}

extension MethodParameters {
  /// The parameters there are with their values, in the order of listings.
  public var entries: [(name: String, value: String)] {
    func entry<Value>(_ name: String, _ value: Value?) -> (name: String, value: String)? {
      value.map { (name, "\($0)") }
    }
    return [
      entry("samples", samples), entry("noise", noise), entry("steps", steps),
      entry("baseline", baseline?.rawValue), entry("patch", patch), entry("stride", stride),
      entry("cells", cells), entry("contrast", contrast), entry("rivals", rivals),
      entry("epsilon", epsilon), entry("seed", seed), entry("batch", batch),
    ].compactMap(\.self)
  }
}
