import GradCAM

// MARK: - For people

extension MapComparison {
  /// A row a map; columns that say nothing here are left out.
  func text(_ path: String?) -> String {
    var table = TextTable([
      ("class", .right), ("label", .left), ("probability", .right), ("logit", .right),
      ("layer", .left), ("grid", .right), ("cell", .right), ("sees", .right), ("method", .left),
      ("peak", .left), ("pearson", .right), ("cosine", .right), ("ssim", .right),
    ])
    for entry in entries + differences {
      let explanation = entry.explanation
      let isTarget = subjects.contains(.targets)
      let isLayer = subjects.contains(.layers)
      let names = ExplanationFigure.names(of: explanation)
      let number = { (value: Double?) in value.map { Decimal.text($0, digits: 3) } ?? "none" }
      table.add([
        isTarget ? "\(explanation.classIndex)" : "",
        isTarget ? names : "",
        isTarget ? explanation.probability.map(Decimal.percent) ?? "" : "",
        isTarget ? Decimal.text(Double(explanation.logit), digits: 2) : "",
        isLayer || commonLayer == nil ? entry.layerNames : "",
        isLayer ? "\(entry.map.height)×\(entry.map.width)" : "",
        isLayer ? cell(of: entry) : "", isLayer ? field(of: entry) : "",
        subjects.contains(.methods) ? explanation.method.title : "", peak(of: entry),
        entry.similarity.map { number($0.pearson) } ?? "",
        entry.similarity.map { number($0.cosine) } ?? "",
        entry.similarity.map { number($0.ssim) } ?? "",
      ])
    }
    return heading + table.text + (path.map { $0 + "\n" } ?? "")
  }

  /// What all maps have in common.
  private var heading: String {
    let first = entries[0].explanation
    let parts = [
      subjects.contains(.targets) ? nil : ExplanationFigure.title(of: first),
      commonLayer.map { "layer \($0)" },
      subjects.contains(.methods) ? nil : first.method.title, "evidence \(evidence.rawValue)",
    ]
    return TextStyle.bold(model.path.name) + "  "
      + parts.compactMap(\.self).joined(separator: ", ") + first.options.remark + "\n"
  }

  private func peak(of entry: Entry) -> String {
    entry.heatmap.peak.map { peak in
      "(\(peak.x), \(peak.y)) "
        + Region.name(x: peak.x, y: peak.y, width: photo.width, height: photo.height)
    } ?? "none"
  }
}

// MARK: - For machines

extension MapComparison {
  /// The comparison as one object.
  func json(
    input: String, _ path: String?, cost: JSONValue?
  ) throws(DiagnosticError) -> JSONValue {
    var entries: [(String, JSONValue)] = [
      ("model", .object([("path", .text(model.path)), ("sha256", .text(try model.sha256))])),
      ("input", .text(input)),
      (
        "compared",
        .array(Subject.allCases.filter(subjects.contains).map { .text($0.rawValue) })
      ),
      ("preset", .text(self.entries[0].explanation.preset)),
      ("evidence", .text(evidence.rawValue)), ("scale", .text(isShared ? "shared" : "own")),
      ("maps", .array(self.entries.map(json))),
    ]
    if subjects == [.targets] { entries.append(("differences", .array(differences.map(json)))) }
    if !notes.isEmpty { entries.append(("notes", .array(notes.map { .text($0) }))) }
    if let cost { entries.append(("cost", cost)) }
    entries.append(("figure", .text(path)))
    entries.append(("versions", Versions.json))
    return .object(entries)
  }

  private func json(_ entry: Entry) -> JSONValue {
    let explanation = entry.explanation
    let cell = cellSize(of: entry)
    let side = { (side: Int?) in side.map { JSONValue.integer($0) } ?? .text("whole") }
    var entries: [(String, JSONValue)] = [
      ("class", .integer(explanation.classIndex)), ("label", .text(explanation.label)),
      ("logit", .number(explanation.logit)),
      ("probability", explanation.probability.map { .number($0) } ?? .null),
      ("layer", .text(entry.layerNames)), ("layerShape", ExplanationReport.json(entry.layer)),
      ("cell", .object([("height", .number(cell.height)), ("width", .number(cell.width))])),
      (
        "receptiveField",
        .object([("height", side(entry.field.height)), ("width", side(entry.field.width))])
      ),
      ("method", .text(explanation.method.name)),
      ("settings", .text(explanation.method.description)),
      (
        "map", .object([("min", .number(entry.map.minimum)), ("max", .number(entry.map.maximum))])
      ),
    ]
    let lowered = explanation.classes.filter { $0.weight < 0 }
    if !lowered.isEmpty {
      let classes = lowered.map {
        JSONValue.object([("class", .integer($0.index)), ("label", .text($0.label))])
      }
      entries.append(("ratherThan", .array(classes)))
    }
    if let peak = entry.heatmap.peak {
      entries.append(("peak", .object([("x", .integer(peak.x)), ("y", .integer(peak.y))])))
    }
    if let similarity = entry.similarity { entries.append(("similarity", similarity.json)) }
    return .object(entries)
  }
}

extension MapSimilarity {
  /// The measures as one object.
  var json: JSONValue {
    let number = { (value: Double?) in value.map { JSONValue.number($0) } ?? .null }
    return .object([
      ("pearson", number(pearson)), ("cosine", number(cosine)), ("ssim", number(ssim)),
      ("spearman", number(spearman)), ("hog", number(hog)),
      ("largestDifference", number(largestDifference)),
    ])
  }
}
