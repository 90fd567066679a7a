import Diagnostics

/// A measure of how good a map is, or what it is like.
///
/// Metrics are values; each states its direction, what it needs, its numbers and its paper.
///
/// ```swift
/// var deletion = Metric.deletion
/// deletion.parameters.steps = 100
/// let scores = try explainer.scores(of: why, photo: photo, metrics: [deletion, .insertion])
/// ```
public struct Metric: Hashable, Sendable {
  /// The name on the command line and in reports, such as `deletion`.
  public let name: String
  /// The name in titles, such as `Deletion`.
  public let title: String
  /// Where the metric was published.
  public let source: String
  /// What it measures, in a sentence.
  public let summary: String
  /// Which values are the good ones.
  public let direction: Direction
  /// What it takes beside the map.
  public let needs: Needs
  /// Whether each photo gets 0 or 1, so that the mean over photos is a rate.
  public let isBinary: Bool
  /// The numbers it can be tuned by; those it does not have are nil.
  public var parameters: MetricParameters

  /// How many images run through the model for one map, besides the photo itself, which all
  /// metrics of a photo share.
  let cost: @Sendable (MetricParameters) -> Int
  /// How it is computed.
  let measure: Measuring

  /// Computes a metric.
  typealias Measuring = @Sendable (MetricContext) throws(DiagnosticError) -> MetricScore.Finding

  /// Which values are the good ones.
  public enum Direction: String, CaseIterable, Hashable, Sendable {
    /// Higher is better.
    case higher
    /// Lower is better.
    case lower
  }

  /// What a metric takes beside the map.
  public enum Needs: String, CaseIterable, Hashable, Sendable {
    /// The map alone.
    case map
    /// Where the class is: a ``GroundTruth``.
    case truth
    /// Runs of the model on changed photos.
    case passes
    /// The explanation of changed photos; maps that come from no method have no such value.
    case explaining
  }

  /// Makes a metric.
  init(
    name: String, title: String, source: String, summary: String, direction: Direction,
    needs: Needs, isBinary: Bool = false, parameters: MetricParameters = MetricParameters(),
    cost: @escaping @Sendable (MetricParameters) -> Int = { _ in 0 },
    measure: @escaping Measuring
  ) {
    (self.name, self.title, self.source, self.summary) = (name, title, source, summary)
    (self.direction, self.needs, self.isBinary) = (direction, needs, isBinary)
    (self.parameters, self.cost, self.measure) = (parameters, cost, measure)
  }

  /// The metric of that name, or nil.
  public static func named(_ name: String) -> Metric? { all.first { $0.name == name } }

  /// How many images run through the model for one map, besides the photo itself, which all
  /// metrics of a photo share; for ``Needs/explaining`` so many explanations.
  public var passCount: Int { cost(parameters) }

  /// Whether a value is at least as good as another.
  public func isGood(_ value: Double, asGoodAs other: Double) -> Bool {
    direction == .higher ? value >= other : value <= other
  }

  /// Two metrics are the same if they have one name and the same parameters.
  public static func == (a: Metric, b: Metric) -> Bool {
    a.name == b.name && a.parameters == b.parameters
  }

  /// Hashes the name and the parameters.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(parameters)
  }
}

extension Metric: CustomStringConvertible {
  /// The name with the parameters that shape the result, such as `deletion steps=50 baseline=zero`.
  public var description: String {
    let entries = parameters.entries.filter { $0.name != "batch" }
    return ([name] + entries.map { "\($0.name)=\($0.value)" }).joined(separator: " ")
  }
}
