/// What a metric says of one map.
public struct MetricScore: Hashable, Sendable {
  /// What was measured, with its parameters.
  public let metric: Metric
  /// The value; nil where it is not defined, see ``note``.
  public let value: Double?
  /// The curves that the value was taken from, where it is an area.
  public let curves: [Curve]
  /// Why there is no value, in words.
  public let note: String?

  /// The model's answer while more and more of a photo is changed.
  public struct Curve: Hashable, Sendable {
    /// What happens along it, such as `deletion`.
    public let name: String
    /// The share of the pixels that are changed, from 0 through 1 in growing order.
    public let shares: [Double]
    /// The model's answer at each of them.
    public let values: [Double]

    /// Makes a curve of as many values as shares.
    public init(name: String, shares: [Double], values: [Double]) {
      (self.name, self.shares, self.values) = (name, shares, values)
    }

    /// The area under the curve, its whole width being 1.
    public func area(by integration: MetricParameters.Integration = .trapezoid) -> Double {
      guard let first = shares.first, let last = shares.last, last > first else {
        return values.first ?? 0
      }
      var area = 0.0
      for place in 1..<min(shares.count, values.count) {
        let height =
          integration == .trapezoid ? (values[place - 1] + values[place]) / 2 : values[place]
        area += (shares[place] - shares[place - 1]) * height
      }
      return area / (last - first)
    }
  }

  /// What a metric finds, before it is named.
  struct Finding {
    var value: Double?
    var curves: [Curve] = []
    var note: String?

    /// A value alone.
    init(_ value: Double, curves: [Curve] = []) { (self.value, self.curves) = (value, curves) }

    /// No value, and why.
    init(undefined note: String) { self.note = note }
  }

  /// Names a finding.
  init(_ metric: Metric, _ finding: Finding) {
    self.metric = metric
    (value, curves, note) = (finding.value, finding.curves, finding.note)
  }
}
