import ArgumentParser
import GradCAM

/// A metric with numbers of its own, or a group of metrics.
struct MetricChoice: ExpressibleByArgument {
  /// The metrics meant.
  let metrics: [Metric]

  /// Groups by what their metrics need.
  private static let groups: [(name: String, needs: Metric.Needs?)] = [
    ("localisation", .truth), ("faithfulness", .passes), ("map", .map), ("all", nil),
  ]

  /// Every word that may come first.
  static let words = Metric.all.map(\.name) + groups.map(\.name)

  /// Shown in help.
  static let allValueStrings = words

  /// The metrics that need something.
  static func metrics(of needs: Metric.Needs) -> [Metric] {
    Metric.all.filter { $0.needs == needs }
  }

  init?(argument: String) {
    let parts = argument.split(separator: ",").map(String.init)
    guard let first = parts.first else { return nil }
    if let group = Self.groups.first(where: { $0.name == first }), parts.count == 1 {
      metrics = group.needs.map(Self.metrics) ?? Metric.all
      return
    }
    guard let metric = try? Metric(parsing: argument) else { return nil }
    metrics = [metric]
  }
}
