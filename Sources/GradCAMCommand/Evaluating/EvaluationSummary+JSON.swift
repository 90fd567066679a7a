import Annotations
import GradCAM

// The report for machines.

extension EvaluationSummary {
  /// The report as one object.
  var json: JSONValue {
    .object([
      (
        "model",
        .object([
          ("path", .text(setting.model.path)), ("sha256", .text(try? setting.model.sha256)),
        ])
      ),
      (
        "annotations",
        .object([
          ("kind", .text(setting.set.kind.rawValue)), ("source", .text(setting.set.source)),
          ("unnamed", .integer(setting.set.unnamedCount)),
          ("only", .array(setting.filters.map { .text($0.rawValue) })),
          ("problems", .array(problems.map(Self.entry))),
          (
            "problemCounts",
            .object(
              AnnotationProblem.Kind.allCases.compactMap { kind in
                let count = problems.count { $0.kind == kind }
                return count > 0 ? (kind.rawValue, .integer(count)) : nil
              })
          ),
        ])
      ),
      ("preset", .text(setting.preset)), ("preprocessing", .text(setting.preprocessing)),
      ("photos", .integer(records.count { $0.failure == nil })), ("cases", .integer(cases.count)),
      ("ways", .array(setting.ways.map(Self.entry))),
      ("metrics", .array(setting.metrics.map(Self.entry))),
      ("accuracy", Self.rate(accuracy.all)),
      ("centre", .array(centers.map { entry($0, isMetric: false) })),
      ("values", .array(values.map { entry($0, isMetric: true) })),
      ("comparisons", .array(comparisons.map(entry))),
      ("classes", .array(classes.map(entry))),
      ("regions", .array(regions.map(entry))),
      ("suspects", .array(suspects.map(entry))),
      ("versions", Versions.json),
    ])
  }

  private static func entry(_ problem: AnnotationProblem) -> JSONValue {
    .object([
      ("kind", .text(problem.kind.rawValue)), ("file", .text(problem.place.file)),
      ("line", problem.place.line.map { .integer($0) } ?? .null), ("text", .text(problem.text)),
      ("outcome", .text(problem.outcome.rawValue)),
    ])
  }

  private static func entry(_ way: EvaluatedWay) -> JSONValue {
    .object([
      ("title", .text(way.title)), ("method", .text(way.name)), ("settings", .text(way.settings)),
      ("layers", .array(way.layers.map { .text($0.name) })), ("control", .bool(way.isControl)),
    ])
  }

  private static func entry(_ metric: Metric) -> JSONValue {
    .object([
      ("name", .text(metric.name)), ("settings", .text(metric.description)),
      ("title", .text(metric.title)), ("source", .text(metric.source)),
      ("higherIsBetter", .bool(metric.direction == .higher)),
    ])
  }

  private static func rate(_ proportion: Proportion) -> JSONValue {
    .object([
      ("hits", .integer(proportion.hits)), ("tries", .integer(proportion.tries)),
      ("rate", number(proportion.rate)),
    ])
  }

  private static func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }

  private static func range(_ range: ClosedRange<Double>?) -> JSONValue {
    range.map { .array([.number($0.lowerBound), .number($0.upperBound)]) } ?? .null
  }

  /// The part of the cases that something is of.
  private func entries(_ part: Part) -> [(String, JSONValue)] {
    [("part", .text(part.name))] + (part.classIndex.map { [("class", .integer($0))] } ?? [])
  }

  private func entry(_ value: Value, isMetric: Bool) -> JSONValue {
    let what: [(String, JSONValue)] =
      isMetric
      ? [
        ("way", .text(setting.ways[value.way].title)),
        ("metric", .text(setting.metrics[value.metric].name)),
      ] : []
    return .object(
      entries(value.part) + what + [
        ("count", .integer(value.count)), ("missing", .integer(value.missing)),
        ("mean", Self.number(value.mean)), ("interval", Self.range(value.interval)),
      ])
  }

  private func entry(_ comparison: Comparison) -> JSONValue {
    .object(
      entries(comparison.part) + [
        ("metric", .text(setting.metrics[comparison.metric].name)),
        ("first", .text(setting.ways[comparison.first].title)),
        ("second", .text(setting.ways[comparison.second].title)),
        ("count", .integer(comparison.test.count)),
        ("difference", .number(comparison.test.difference)),
        ("interval", Self.range(comparison.test.interval)),
        ("p", .number(comparison.test.pValue)), ("adjustedP", .number(comparison.adjusted)),
      ])
  }

  private func entry(_ index: Int) -> JSONValue {
    .object([
      ("class", .integer(index)), ("label", .text(setting.labels?[index])),
      ("photos", .integer(pictures[index] ?? 0)),
      ("accuracy", Self.rate(accuracy.classes[index] ?? Proportion())),
    ])
  }

  private func entry(_ share: RegionShare) -> JSONValue {
    .object(
      entries(share.part) + [
        ("region", .text(setting.regions[share.region].name)),
        ("way", .text(setting.ways[share.way].title)), ("count", .integer(share.count)),
        ("evidence", .number(share.evidence)), ("area", .number(share.area)),
        ("excess", .number(share.excess)), ("interval", Self.range(share.interval)),
      ])
  }
}
