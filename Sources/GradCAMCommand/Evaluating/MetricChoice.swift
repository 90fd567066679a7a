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
    guard var metric = Metric.named(first) else { return nil }
    for part in parts.dropFirst() {
      let words = part.split(separator: "=", maxSplits: 1).map(String.init)
      guard words.count == 2, metric.parameters.set(words[0], to: words[1]) else { return nil }
    }
    metrics = [metric]
  }
}

extension MetricParameters {
  /// Sets a number by its name; false where there is none such, or the word is no value of it.
  fileprivate mutating func set(_ name: String, to word: String) -> Bool {
    func set<Value>(
      _ path: WritableKeyPath<MetricParameters, Value?>, _ value: Value?
    ) -> Bool {
      guard self[keyPath: path] != nil, let value else { return false }
      self[keyPath: path] = value
      return true
    }
    let count = Int(word).flatMap { (1...1_000_000).contains($0) ? $0 : nil }
    let share = Float(word).flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
    switch name {
    case "steps": return set(\.steps, count)
    case "baseline": return set(\.baseline, MethodParameters.Baseline(rawValue: word))
    case "samples": return set(\.samples, count)
    case "subset": return set(\.subset, count)
    case "radius": return set(\.radius, share)
    case "noise": return set(\.noise, share)
    case "threshold": return set(\.threshold, share.flatMap { $0 <= 1 ? $0 : nil })
    case "overlap": return set(\.overlap, share.flatMap { $0 <= 1 ? Double($0) : nil })
    case "tolerance": return set(\.tolerance, Int(word).flatMap { $0 >= 0 ? $0 : nil })
    case "quantity": return set(\.quantity, Quantity(rawValue: word))
    case "integration": return set(\.integration, Integration(rawValue: word))
    case "absolute": return set(\.isAbsolute, ["true": true, "false": false][word])
    case "seed": return set(\.seed, UInt32(word))
    default: return false
    }
  }
}
