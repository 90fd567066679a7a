import GradCAM
import Imaging

/// A summary as one file of HTML that loads nothing and runs nothing.
struct EvaluationPage {
  let summary: EvaluationSummary

  /// A page of a summary.
  init(_ summary: EvaluationSummary) { self.summary = summary }

  /// The page's text.
  func html() throws(DiagnosticError) -> String {
    let title = "\(summary.setting.model.path.name) on \(summary.setting.set.source)"
    var body = "<h1>\(XML.escaped(title))</h1>\n" + facts
    for metric in summary.setting.metrics.indices { body += section(of: metric) }
    body += comparisons + classes + regions + (try extremes()) + problems
    return HTMLPage(title: title, style: Self.style).html(body)
  }

  /// Colours of ways, told apart by most kinds of colour blindness; controls are gray.
  private static let colors = [
    "0072b2", "d55e00", "009e73", "cc79a7", "e69f00", "56b4e9", "5d4a9c",
  ]

  /// A way's colour.
  func color(_ way: Int) -> String {
    guard summary.setting.ways[way].isControl else {
      return "#" + Self.colors[way % Self.colors.count]
    }
    let grays = ["777777", "999999", "bbbbbb"]
    let first = summary.setting.ways.firstIndex(where: \.isControl) ?? 0
    return "#" + grays[(way - first) % grays.count]
  }

  /// A table of texts that are escaped here; columns after the first `left` are right-aligned.
  static func table(_ head: [String], _ rows: [[String]], left: Int = 1) -> String {
    let cells = { (row: [String], tag: String) in
      row.enumerated().map { index, text in
        "<\(tag)\(index >= left ? " class=\"n\"" : "")>\(XML.escaped(text))</\(tag)>"
      }.joined()
    }
    return "<table>\n<tr>\(cells(head, "th"))</tr>\n"
      + rows.map { "<tr>\(cells($0, "td"))</tr>\n" }.joined() + "</table>\n"
  }

  private static let style = """
    :root { color-scheme: light; font: 16px/1.5 system-ui, "DejaVu Sans", Verdana, sans-serif; }
    body { margin: 0 auto; max-width: 72rem; padding: 1rem; color: #111; background: #fff; }
    h1 { font-size: 1.25rem; overflow-wrap: anywhere; } h2 { font-size: 1.1rem; margin-top: 2rem; }
    table { border-collapse: collapse; font-size: .875rem; margin: .5rem 0; }
    th, td { text-align: left; vertical-align: top; padding: .15rem .75rem .15rem 0; }
    th.n, td.n { text-align: right; font-variant-numeric: tabular-nums; }
    p, li { font-size: .9rem; } .charts { display: flex; flex-wrap: wrap; gap: 1rem 2rem; }
    figure { margin: 0 0 .5rem; } figcaption { font-size: .8rem; color: #333; max-width: 20rem; }
    svg text { font: 11px system-ui, "DejaVu Sans", Verdana, sans-serif; fill: #333; }
    svg .axis { stroke: #999; fill: none; } svg .frame { stroke: #ccc; fill: none; }
    .photos { display: flex; flex-wrap: wrap; gap: 1rem; } .photos img { width: 14rem; height: auto; }
    summary { cursor: pointer; font-weight: 600; }
    """
}

// MARK: - Sections

extension EvaluationPage {
  private var facts: String {
    let setting = summary.setting
    var rows = [
      ["model", setting.model.path], ["SHA-256", (try? setting.model.sha256) ?? "–"],
      [
        "annotations",
        "\(setting.set.kind.rawValue), \(setting.set.source)\(summary.problemCounts)",
      ],
      [
        "looked at",
        "\(summary.records.count { $0.failure == nil }) photos, \(summary.cases.count) cases (a class "
          + "on a photo), \(summary.classes.count) classes",
      ],
      ["preprocessing", setting.preprocessing], ["conventions", setting.preset],
    ]
    if !setting.filters.isEmpty {
      rows.append(["only", setting.filters.map(\.rawValue).joined(separator: ", ")])
    }
    if let rate = summary.accuracy.all.rate { rows.append(["accuracy", Decimal.percent(rate)]) }
    if let mean = summary.center(.all)?.mean {
      rows.append([
        "the centre alone", "would hit \(Decimal.percent(mean)) of the cases that tell a place",
      ])
    }
    for way in setting.ways {
      rows.append([
        way.isControl ? "control" : "method",
        "\(way.title): \(way.settings)"
          + (way.layers.isEmpty
            ? ""
            : ", layer \(way.layers.map { "\($0.name) \($0.shape)" }.joined(separator: ", "))"),
      ])
    }
    return Self.table(["what", ""], rows, left: 2)
  }

  private func section(of metric: Int) -> String {
    let measure = summary.setting.metrics[metric]
    let parts: [EvaluationSummary.Part] =
      summary.values.contains { $0.part == .centerOutside } ? [.all, .centerOutside] : [.all]
    let rows = parts.flatMap { part in
      summary.setting.ways.indices.map { way -> [String] in
        let value = summary.value(way, metric, part)
        return [
          summary.setting.ways[way].title, part == .all ? "all" : "centre outside",
          "\(value?.count ?? 0)", value?.mean.map(EvaluationSummary.number) ?? "–",
          EvaluationSummary.interval(value?.interval),
        ]
      }
    }
    return """
      <section>
      <h2>\(XML.escaped(measure.title))</h2>
      <p>\(XML.escaped(measure.summary)); \(measure.direction == .higher ? "higher" : "lower") is \
      better. \(XML.escaped(measure.source)). <code>\(XML.escaped(measure.description))</code></p>
      <div class="charts">
      \(intervalChart(metric, parts))\(distributionChart(metric))\(curveChart(metric))</div>
      \(Self.table(["way", "cases of", "count", "mean", "95 % interval"], rows, left: 2))</section>

      """
  }

  private var comparisons: String {
    let rows = summary.comparisons.map { one -> [String] in
      let setting = summary.setting
      return [
        setting.metrics[one.metric].name, one.part == .all ? "all" : "centre outside",
        "\(setting.ways[one.first].title) − \(setting.ways[one.second].title)",
        "\(one.test.count)", Decimal.signed(one.test.difference, digits: 4),
        EvaluationSummary.interval(one.test.interval),
        Decimal.significant(one.test.pValue, digits: 3),
        Decimal.significant(one.adjusted, digits: 3),
      ]
    }
    guard !rows.isEmpty else { return "" }
    let head = [
      "metric", "cases of", "ways", "pairs", "difference", "95 % interval", "p", "p adjusted",
    ]
    return "<section>\n<h2>Compared on the same cases</h2>\n"
      + "<p>Paired permutation tests of the mean difference; adjusted by Holm for all comparisons "
      + "of a metric.</p>\n<details><summary>\(rows.count) comparisons</summary>\n"
      + Self.table(head, rows, left: 3) + "</details>\n</section>\n"
  }

  private var classes: String {
    let setting = summary.setting
    let rows = summary.classes.map { index -> [String] in
      [
        "\(index) \(setting.labels?[index] ?? "")", "\(summary.pictures[index] ?? 0)",
        summary.accuracy.classes[index]?.rate.map(Decimal.percent) ?? "–",
      ]
        + setting.metrics.indices.flatMap { metric -> [String] in
          let value = summary.value(0, metric, .classIndex(index))
          return [
            value?.mean.map(EvaluationSummary.number) ?? "–",
            EvaluationSummary.interval(value?.interval),
          ]
        }
    }
    let head =
      ["class", "photos", "accuracy"] + setting.metrics.flatMap { [$0.name, "95 % interval"] }
    return "<section>\n<h2>Class by class</h2>\n<p>By \(XML.escaped(setting.ways[0].title)).</p>\n"
      + "<details><summary>\(rows.count) classes</summary>\n" + Self.table(head, rows)
      + "</details>\n</section>\n"
  }

  private var regions: String {
    let setting = summary.setting
    guard !setting.regions.isEmpty else { return "" }
    let row = { (share: EvaluationSummary.RegionShare) -> [String] in
      let interval = share.interval.map {
        "\(Decimal.signed(100 * $0.lowerBound, digits: 1)) – "
          + "\(Decimal.signed(100 * $0.upperBound, digits: 1))"
      }
      return [
        setting.regions[share.region].name,
        share.part.classIndex.map { "\($0) \(setting.labels?[$0] ?? "")" }
          ?? setting.ways[share.way].title,
        "\(share.count)", Decimal.percent(share.evidence), Decimal.percent(share.area),
        Decimal.signed(100 * share.excess, digits: 1), interval ?? "–",
      ]
    }
    let head = [
      "region", "way", "cases", "evidence", "of what is seen", "excess in points", "95 % interval",
    ]
    var classHead = head
    classHead[1] = "class"
    return "<section>\n<h2>Where evidence lies</h2>\n<p>"
      + XML.escaped(EvaluatedRegion.explanations.joined(separator: "; ")) + ".</p>\n"
      + Self.table(head, summary.regions.filter { $0.part == .all }.map(row), left: 2)
      + "<p>Of each region the class whose evidence lies most on it beyond its share of what the model sees, by "
      + "\(XML.escaped(setting.ways[0].title)):</p>\n"
      + (summary.suspects.isEmpty
        ? "<p>none.</p>\n" : Self.table(classHead, summary.suspects.map(row), left: 2))
      + "</section>\n"
  }

  private var problems: String {
    guard !summary.problems.isEmpty else { return "" }
    let rows = summary.problems.map { problem in
      [
        problem.place.description, problem.kind.rawValue, problem.text, problem.outcome.rawValue,
      ]
    }
    return "<section>\n<h2>Problems with the annotations</h2>\n"
      + "<details><summary>\(EvaluationSummary.count(rows.count, "problem"))</summary>\n"
      + Self.table(["where", "kind", "what", "outcome"], rows, left: 4) + "</details>\n</section>\n"
  }
}
