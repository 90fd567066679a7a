import GradCAM

/// Layers compared, as a table and as JSON.
struct RankingReport {
  let ranking: LayerRanking
  let model: Model
  let input: String
  /// The figure's path, if one is written.
  let figure: String?

  /// The class and its probability.
  static func title(of ranking: LayerRanking) -> String {
    let part = ranking.classes[0]
    let name = part.label ?? "class \(part.index)"
    return ranking.probability.map { "\(name) (\(Decimal.percent(Double($0))))" } ?? name
  }
}

// MARK: - For people

extension RankingReport {
  /// The table, what is wrong with each layer, and on a terminal the maps.
  func text(drawing photo: Image) -> String {
    var text =
      TextStyle.bold(model.path.name) + "  \(input)  \(Self.title(of: ranking))  "
      + "\(ranking.method.title)\n"
    if StandardStream.output.isColored { text += thumbnails(of: photo) }
    var table = TextTable([
      ("", .left), ("layer", .left), ("size", .right), ("gradient", .right), ("strength", .right),
      ("for", .right), ("focus", .right), ("agrees", .right), ("verdict", .left), ("", .left),
    ])
    for row in ranking.layers {
      table.add([
        row.isDefault ? "*" : " ", row.layer.name,
        row.layer.shape.dropFirst().map(String.init).joined(separator: "×"),
        Decimal.percent(Double(row.gradientShare)),
        Decimal.text(Double(row.gradientSize), digits: 3),
        Decimal.percent(Double(row.positiveShare)),
        Decimal.text(Double(row.concentration), digits: 2),
        row.agreement.map { Decimal.text(Double($0), digits: 2) } ?? "–",
        row.verdict.rawValue, row.findings.joined(separator: "; "),
      ])
    }
    for row in ranking.refused {
      table.add([" ", row.name, "", "", "", "", "", "", "refused", row.reason])
    }
    return text + table.text + (figure.map { "figure: \($0)\n" } ?? "")
  }

  /// Columns of one map on the terminal, and the space after it.
  private static let thumbnail = (columns: 16, gap: 2)

  /// The maps in rows as wide as the terminal, each under its layer's name.
  private func thumbnails(of photo: Image) -> String {
    let (columns, gap) = Self.thumbnail
    let count = max(1, min(StandardStream.output.columns, 120) / (columns + gap))
    let space = String(repeating: " ", count: gap)
    var text = "\n"
    for start in stride(from: 0, to: ranking.layers.count, by: count) {
      let rows = ranking.layers[start..<min(start + count, ranking.layers.count)]
      let names = rows.map { row in
        let name = row.layer.name
        let short = name.count > columns ? "…" + name.suffix(columns - 1) : name
        return short + String(repeating: " ", count: columns - short.count)
      }
      let maps = rows.map {
        $0.heatmap.overlaid(on: photo).halfBlocks(columns: columns).split(separator: "\n")
      }
      text += names.joined(separator: space) + "\n"
      for line in 0..<(maps.map(\.count).max() ?? 0) {
        text += maps.map { line < $0.count ? String($0[line]) : "" }.joined(separator: space)
        text += "\n"
      }
      text += "\n"
    }
    return text
  }
}

// MARK: - For machines

extension RankingReport {
  /// The ranking as one object.
  var json: JSONValue {
    get throws(DiagnosticError) {
      let part = ranking.classes[0]
      var entries: [(String, JSONValue)] = [
        ("model", .object([("path", .text(model.path)), ("sha256", .text(try model.sha256))])),
        ("input", .text(input)), ("class", .integer(part.index)), ("label", .text(part.label)),
        ("probability", ranking.probability.map(JSONValue.number) ?? .null),
        ("method", .text(ranking.method.name)),
        ("default", .text(model.defaultLayer?.name)),
        ("layers", .array(ranking.layers.map(Self.json))),
        (
          "refused",
          .array(
            ranking.refused.map {
              .object([("name", .text($0.name)), ("reason", .text($0.reason))])
            })
        ),
      ]
      if let figure { entries.append(("figure", .text(figure))) }
      if !ranking.notes.isEmpty {
        entries.append(("notes", .array(ranking.notes.map { .text($0) })))
      }
      entries.append(("versions", Versions.json))
      return .object(entries)
    }
  }

  private static func json(_ row: RankedLayer) -> JSONValue {
    .object([
      ("name", .text(row.layer.name)), ("value", .text(row.layer.valueName)),
      ("shape", ExplanationReport.json(row.layer)), ("isDefault", .bool(row.isDefault)),
      ("gradientShare", .number(row.gradientShare)), ("gradientSize", .number(row.gradientSize)),
      ("positiveShare", .number(row.positiveShare)),
      ("concentration", .number(row.concentration)),
      ("agreement", row.agreement.map(JSONValue.number) ?? .null),
      (
        "map",
        .object([("min", .number(row.rawMap.minimum)), ("max", .number(row.rawMap.maximum))])
      ),
      ("verdict", .text(row.verdict.rawValue)),
      ("findings", .array(row.findings.map { .text($0) })), ("score", .number(row.score)),
    ])
  }
}
