import GradCAM

/// How a model's maps and predictions did on a set of pictures.
struct PointingGameReport {
  /// One class, or all together.
  struct Score {
    var pictures = 0
    var accuracy = Proportion()
    var hits = Proportion()
    var center = Proportion()
  }

  let model: Model
  /// Where maps were taken; several where the method joins them.
  let layers: [Layer]
  /// How maps were made.
  let way: ExplanationOptions
  let labels: Labels?
  let tolerance: Int
  let pictureCount: Int
  /// A score for each class.
  let classes: [Score]
  /// All tries together.
  let total: Score
}

// MARK: - In words

extension PointingGameReport {
  private var accuracyRule: String {
    model.activation.isMultiLabel
      ? "probability over 0.5 where the class is, and nowhere else" : "the most probable class"
  }

  /// The table with its heading.
  var text: String {
    var table = TextTable([
      ("class", .right), ("label", .left), ("pictures", .right), ("accuracy", .right),
      ("hits", .right), ("tries", .right), ("rate", .right), ("95% interval", .right),
      ("centre", .right),
    ])
    for (index, score) in classes.enumerated() where score.pictures > 0 {
      table.add(["\(index)", labels?[index] ?? ""] + Self.cells(score))
    }
    table.add(["", "all"] + Self.cells(total))
    return TextStyle.bold(model.path.name)
      + "  layer \(layers.map { "\($0.name) \($0.shape)" }.joined(separator: ", "))"
      + "  \(way.method.title)\(way.remark)  \(pictureCount) pictures\n"
      + "pointing game: the share of maps that peak on their class, higher is better; "
      + "tolerance \(tolerance) pixels\n"
      + "accuracy: \(accuracyRule)\n\n" + table.text
  }

  private static func cells(_ score: Score) -> [String] {
    let percent = { (value: Double?) in value.map(Decimal.percent) ?? "–" }
    let interval = score.hits.interval.map {
      "\(Decimal.percent($0.lowerBound)) – \(Decimal.percent($0.upperBound))"
    }
    return [
      "\(score.pictures)", percent(score.accuracy.rate), "\(score.hits.hits)",
      "\(score.hits.tries)", percent(score.hits.rate), interval ?? "–",
      percent(score.center.rate),
    ]
  }
}

// MARK: - For machines

extension PointingGameReport {
  /// The report as one object.
  var json: JSONValue {
    let rows = classes.enumerated().filter { $0.element.pictures > 0 }.map { index, score in
      JSONValue.object(
        [("class", .integer(index)), ("label", .text(labels?[index]))] + Self.entries(score))
    }
    return .object([
      ("model", .object([("path", .text(model.path)), ("sha256", .text(try? model.sha256))])),
      ("metric", .text("pointing-game")), ("higherIsBetter", .bool(true)),
      ("tolerance", .integer(tolerance)),
      ("layer", .text(layers.map(\.name).joined(separator: ", "))),
      ("layerShape", ExplanationReport.json(layers[layers.count - 1])),
      ("method", .text(way.method.name)), ("settings", .text(way.method.description)),
      ("preset", .text(way.preset.name)),
      ("multiLabel", .bool(model.activation.isMultiLabel)),
      ("pictures", .integer(pictureCount)), ("classes", .array(rows)),
      ("all", .object(Self.entries(total))), ("versions", Versions.json),
    ])
  }

  private static func entries(_ score: Score) -> [(String, JSONValue)] {
    let number = { (value: Double?) in value.map { JSONValue.number($0) } ?? .null }
    let interval = score.hits.interval
    return [
      ("pictures", .integer(score.pictures)), ("accuracy", number(score.accuracy.rate)),
      ("hits", .integer(score.hits.hits)), ("tries", .integer(score.hits.tries)),
      ("rate", number(score.hits.rate)),
      (
        "interval",
        interval.map { .array([.number($0.lowerBound), .number($0.upperBound)]) } ?? .null
      ),
      ("centre", number(score.center.rate)),
    ]
  }
}
