import GradCAM

extension EvaluationSummary {
  /// A table with a row for each value: of all cases, of groups of them, and of each class.
  var csv: String {
    let heading = [
      "part", "class", "label", "way", "method", "layer", "control", "metric", "higher_is_better",
      "count", "missing", "mean", "low", "high",
    ]
    let rows = values.map { value -> [String] in
      let (way, metric) = (setting.ways[value.way], setting.metrics[value.metric])
      let index = value.part.classIndex
      return [
        value.part.name, index.map(String.init) ?? "", index.flatMap { setting.labels?[$0] } ?? "",
        way.title, way.name, way.layers.map(\.name).joined(separator: " "),
        way.isControl ? "1" : "0", metric.name, metric.direction == .higher ? "1" : "0",
        "\(value.count)", "\(value.missing)", value.mean.map { "\($0)" } ?? "",
        value.interval.map { "\($0.lowerBound)" } ?? "",
        value.interval.map { "\($0.upperBound)" } ?? "",
      ]
    }
    return ([heading] + rows).map { $0.map(Self.field).joined(separator: ",") + "\r\n" }.joined()
  }

  /// A field, in quotes where it holds what parts fields.
  private static func field(_ text: String) -> String {
    guard text.contains(where: { ",\"".contains($0) || $0.isNewline }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
