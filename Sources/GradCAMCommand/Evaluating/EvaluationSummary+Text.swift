import Annotations
import GradCAM

// The tables of a terminal.

extension EvaluationSummary {
  /// Classes beyond which their tables are only printed where they are asked for.
  private static let fewClasses = 12

  /// Everything, class by class where there are few classes or they are asked for.
  func text(byClass: Bool) -> String {
    var text = heading + "\n"
    for metric in setting.metrics.indices { text += table(of: metric) + "\n" }
    text += centerLine
    if byClass || classes.count <= Self.fewClasses { text += "\n" + classTable }
    if !setting.regions.isEmpty { text += "\n" + regionTable }
    return text
  }

  /// What was evaluated, on what.
  private var heading: String {
    let layers = setting.ways.first { !$0.layers.isEmpty }?.layers ?? []
    let place = layers.map { "\($0.name) \($0.shape)" }.joined(separator: ", ")
    let photos = records.count { $0.failure == nil }
    var lines = [
      TextStyle.bold(setting.model.path.name) + (place.isEmpty ? "" : "  layer \(place)")
        + "  \(Self.count(photos, "photo"))  \(Self.count(cases.count, "case")) of "
        + Self.count(classes.count, "class", "classes"),
      "annotations: \(setting.set.kind.rawValue), \(setting.set.source)\(problemCounts)",
    ]
    if setting.set.unnamedCount > 0 {
      lines[1] +=
        "; \(Self.count(setting.set.unnamedCount, "picture")) of the folder not among them"
    }
    if let rate = accuracy.all.rate {
      lines.append("accuracy: \(Decimal.percent(rate)), \(accuracyRule)")
    }
    lines.append(
      "a case is a class on a photo; intervals are 95 %, by drawing cases again "
        + "\(BootstrapInterval.resamples) times")
    if cases.contains(where: { $0.holdsCenter == false }) {
      lines.append("'outside': cases whose photo's middle is not on the class")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var accuracyRule: String {
    setting.model.activation.isMultiLabel
      ? "probability over 0.5 where the class is, and nowhere else"
      : "the most probable class is on the photo"
  }

  /// How many problems there are of each kind.
  var problemCounts: String {
    guard !problems.isEmpty else { return "" }
    let counts = AnnotationProblem.Kind.allCases.compactMap { kind -> String? in
      let count = problems.count { $0.kind == kind }
      return count > 0 ? "\(count) \(kind.rawValue)" : nil
    }
    return "; \(Self.count(problems.count, "problem")): \(counts.joined(separator: ", "))"
  }

  /// A count with its noun.
  static func count(_ count: Int, _ one: String, _ many: String? = nil) -> String {
    "\(count) \(count == 1 ? one : many ?? one + "s")"
  }
}

// MARK: - Metrics

extension EvaluationSummary {
  private func table(of metric: Int) -> String {
    let measure = setting.metrics[metric]
    let hasOutside = values.contains { $0.part == .centerOutside }
    var columns: [(title: String, side: TextTable.Side)] = [
      ("way", .left), ("cases", .right), ("mean", .right), ("95% interval", .right),
    ]
    if hasOutside {
      columns += [("outside", .right), ("mean", .right), ("95% interval", .right)]
    }
    let first = setting.ways[0].title
    columns += [("\(first) −", .right), ("p", .right)]
    if hasOutside { columns += [("outside", .right), ("p", .right)] }
    var table = TextTable(columns)
    for way in setting.ways.indices {
      let parts: [Part] = hasOutside ? [.all, .centerOutside] : [.all]
      let cells = parts.flatMap { Self.cells(value(way, metric, $0)) }
      let against = parts.flatMap { Self.cells(comparison(metric, way, $0)) }
      table.add(
        [setting.ways[way].title + (setting.ways[way].isControl ? " *" : "")] + cells + against)
    }
    let direction = measure.direction == .higher ? "higher" : "lower"
    return TextStyle.bold(measure.title)
      + ": \(measure.summary); \(direction) is better\(parameters(of: measure))\n" + table.text
  }

  private func parameters(of metric: Metric) -> String {
    let words = metric.description.split(separator: " ").dropFirst()
    return words.isEmpty ? "" : " (\(words.joined(separator: " ")))"
  }

  /// The first way against another.
  private func comparison(_ metric: Int, _ way: Int, _ part: Part) -> Comparison? {
    comparisons.first {
      $0.first == 0 && $0.second == way && $0.metric == metric && $0.part == part
    }
  }

  private static func cells(_ value: Value?) -> [String] {
    guard let value, let mean = value.mean else {
      return [value.map { "\($0.count)" } ?? "", "–", "–"]
    }
    return ["\(value.count)", number(mean), interval(value.interval)]
  }

  private static func cells(_ comparison: Comparison?) -> [String] {
    guard let comparison else { return ["", ""] }
    let p = comparison.adjusted
    return [
      Decimal.signed(comparison.test.difference, digits: 3),
      p < 0.001 ? "<0.001" : Decimal.text(p, digits: 3),
    ]
  }

  /// A value of a metric.
  static func number(_ value: Double) -> String {
    abs(value) < 100 ? Decimal.text(value, digits: 3) : Decimal.significant(value, digits: 4)
  }

  /// An interval, or that there is none.
  static func interval(_ interval: ClosedRange<Double>?) -> String {
    interval.map { "\(number($0.lowerBound)) – \(number($0.upperBound))" } ?? "–"
  }

  private var centerLine: String {
    guard let all = center(.all), let mean = all.mean else { return "* control\n" }
    var text =
      "* control; the centre alone would hit \(Decimal.percent(mean)) of \(all.count) cases"
    if let interval = all.interval {
      text +=
        " (\(Decimal.percent(interval.lowerBound)) – \(Decimal.percent(interval.upperBound)))"
    }
    return text + "\n"
  }
}

// MARK: - Classes and regions

extension EvaluationSummary {
  private var classTable: String {
    var columns: [(title: String, side: TextTable.Side)] = [
      ("class", .right), ("label", .left), ("photos", .right), ("accuracy", .right),
      ("centre", .right),
    ]
    for metric in setting.metrics { columns += [(metric.name, .right), ("95% interval", .right)] }
    var table = TextTable(columns)
    for index in classes {
      var cells = [
        "\(index)", setting.labels?[index] ?? "", "\(pictures[index] ?? 0)",
        accuracy.classes[index]?.rate.map(Decimal.percent) ?? "–",
        center(.classIndex(index))?.mean.map(Decimal.percent) ?? "–",
      ]
      for metric in setting.metrics.indices {
        cells += Self.cells(value(0, metric, .classIndex(index))).dropFirst()
      }
      table.add(cells)
    }
    return TextStyle.bold("Class by class") + ", \(setting.ways[0].title)\n" + table.text
  }

  private var regionTable: String {
    var table = TextTable([
      ("region", .left), ("way", .left), ("cases", .right), ("evidence", .right),
      ("of what is seen", .right), ("excess", .right), ("95% interval", .right),
    ])
    for share in regions where share.part == .all {
      table.add([
        setting.regions[share.region].name, setting.ways[share.way].title, "\(share.count)",
        Decimal.percent(share.evidence), Decimal.percent(share.area),
        Self.points(share.excess), Self.points(share.interval),
      ])
    }
    let first = setting.ways[0].title
    let lines = setting.regions.indices.map { region -> String in
      let name = setting.regions[region].name
      guard let suspect = suspects.first(where: { $0.region == region }),
        let index = suspect.part.classIndex
      else {
        return "\(name): no class whose evidence lies there more than by chance, of those with "
          + "\(EvaluationSummary.leastCases) cases and more"
      }
      return
        "\(name): class \(index) '\(title(index))', with \(Decimal.percent(suspect.evidence)) of its "
        + "evidence on \(Decimal.percent(suspect.area)) of what is seen, "
        + "\(Self.count(suspect.count, "case"))"
    }
    return TextStyle.bold("Where evidence lies")
      + ": excess is evidence less the share of what the model sees\n"
      + EvaluatedRegion.explanations.joined(separator: "; ") + "\n" + table.text
      + "class whose evidence lies most on each, by \(first):\n"
      + lines.map { "  \($0)\n" }.joined()
  }

  private static func points(_ share: Double) -> String {
    Decimal.signed(100 * share, digits: 1) + "%"
  }

  private static func points(_ interval: ClosedRange<Double>?) -> String {
    interval.map { "\(points($0.lowerBound)) – \(points($0.upperBound))" } ?? "–"
  }
}
