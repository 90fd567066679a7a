/// The numbers a metric can be tuned by; nil where a metric has no such number.
public struct MetricParameters: Hashable, Sendable {
  /// Number of steps of a curve, of as many pixels each.
  public var steps: Int?
  /// What stands for a hidden pixel.
  public var baseline: MethodParameters.Baseline?
  /// Number of random subsets of pixels, or of noisy copies of the photo.
  public var samples: Int?
  /// Pixels in a random subset; at most half of all.
  public var subset: Int?
  /// How far a number of the photo may move, as a share of the photo's range (its largest less its
  /// smallest number).
  public var radius: Float?
  /// Standard deviation of the noise on filled-in pixels, as a share of the photo's range.
  public var noise: Float?
  /// The share of the map's maximum from which on a place belongs to the region shown.
  public var threshold: Float?
  /// The IoU from which on a box counts as found.
  public var overlap: Double?
  /// How many pixels outside a box still hit.
  public var tolerance: Int?
  /// What is read of the model's answer.
  public var quantity: Quantity?
  /// How the points of a curve become an area.
  public var integration: Integration?
  /// Whether a change is taken as it is instead of as a share of what there was to change.
  public var isAbsolute: Bool?
  /// What random draws start from; the same seed gives the same bytes.
  public var seed: UInt32?
  /// How many images run at once at most; without influence on the result.
  public var batch: Int?

  /// Makes parameters; those not given are nil.
  public init(
    steps: Int? = nil, baseline: MethodParameters.Baseline? = nil, samples: Int? = nil,
    subset: Int? = nil, radius: Float? = nil, noise: Float? = nil, threshold: Float? = nil,
    overlap: Double? = nil, tolerance: Int? = nil, quantity: Quantity? = nil,
    integration: Integration? = nil, isAbsolute: Bool? = nil, seed: UInt32? = nil,
    batch: Int? = nil
  ) {
    (self.steps, self.baseline, self.samples, self.subset) = (steps, baseline, samples, subset)
    (self.radius, self.noise, self.threshold) = (radius, noise, threshold)
    (self.overlap, self.tolerance, self.quantity) = (overlap, tolerance, quantity)
    (self.integration, self.isAbsolute) = (integration, isAbsolute)
    (self.seed, self.batch) = (seed, batch)
  }

  /// What is read of a model's answer.
  public enum Quantity: String, CaseIterable, Hashable, Sendable {
    /// The class's probability; the target's value where it has none, or where several classes
    /// make the target.
    case probability
    /// The target's value: the class's logit, or the difference of logits.
    case logit
  }

  /// How the points of a curve become an area under it; the whole width is 1.
  public enum Integration: String, CaseIterable, Hashable, Sendable {
    /// Straight lines between the points: Σ (y_k + y_k+1) / 2n.
    case trapezoid
    /// Each step at the value it ends with: Σ y_k+1 / n; the photo as it is does not count.
    case steps
  }
}
