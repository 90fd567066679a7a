import GradCAM

/// On which photos two models look differently.
struct DiffReport {
  private let options: Diff
  private let models: [Model]
  private let layers: [[Layer]]
  private let way: ExplanationOptions
  /// Every photo, in order.
  private(set) var differences: [PhotoDifference] = []
  /// Files that are no pictures.
  private(set) var skipped: [(name: String, reason: String)] = []
  /// The most changed photos with what is drawn of them, the most changed first.
  private(set) var worst: [(difference: PhotoDifference, comparison: ModelComparison)] = []
  /// Where the report was written.
  var path: String?

  init(_ options: Diff, models: [Model], layers: [[Layer]], way: ExplanationOptions) {
    (self.options, self.models, self.layers, self.way) = (options, models, layers, way)
  }

  /// Adds a photo; only those that are drawn are kept whole.
  mutating func add(_ difference: PhotoDifference, _ comparison: ModelComparison) {
    differences.append(difference)
    let rank = order(of: difference)
    let place = worst.firstIndex { order(of: $0.difference) > rank } ?? worst.endIndex
    worst.insert((difference, comparison), at: place)
    if worst.count > options.worst { worst.removeLast() }
  }

  /// Leaves a file out.
  mutating func skip(_ name: String, because reason: String) { skipped.append((name, reason)) }

  /// What photos are ordered by, the most changed first: maps that have nothing in common come before
  /// all others.
  private func order(of difference: PhotoDifference) -> Double {
    options.measure.value(of: difference.similarity) ?? -2
  }
}

// MARK: - Numbers

extension DiffReport {
  /// Photos whose maps are less alike than asked for.
  var unlike: [PhotoDifference] {
    guard let least = options.atLeast else { return [] }
    return differences.filter {
      !((options.measure.value(of: $0.similarity) ?? -.infinity) >= least)
    }
  }

  /// Photos whose predicted class changed.
  var changed: [PhotoDifference] { differences.filter(\.isChanged) }

  private func share(_ count: Int) -> Double {
    Double(count) / Double(max(differences.count, 1))
  }

  /// The values of the measure over all photos where it is defined, in ascending order.
  private var values: [Double] {
    differences.compactMap { options.measure.value(of: $0.similarity) }.sorted()
  }

  /// Lowest, median and mean of the measure.
  var spread: (lowest: Double, median: Double, mean: Double)? {
    let values = values
    guard let first = values.first else { return nil }
    let middle = values.count / 2
    let median =
      values.count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2
    return (first, median, values.reduce(0, +) / Double(values.count))
  }

  /// Which limits do not hold, in words.
  var failures: [String] {
    var found: [String] = []
    if let least = options.atLeast, share(unlike.count) > options.except {
      let allowed =
        options.except > 0 ? ", where \(Decimal.percent(options.except)) may be" : ""
      found.append(
        "The maps of \(unlike.count) of \(differences.count) photos are less alike than "
          + "\(Decimal.significant(least, digits: 3)) by \(options.measure.title)\(allowed)")
    }
    if let most = options.changedAtMost, share(changed.count) > most {
      found.append(
        "The predicted class of \(changed.count) of \(differences.count) photos changed, which is "
          + "more than \(Decimal.percent(most))")
    }
    return found
  }
}

// MARK: - As text and JSON

extension DiffReport {
  /// A row for each of the most changed photos, and what holds for all of them.
  var text: String {
    var table = TextTable([
      ("photo", .left), ("pearson", .right), ("ssim", .right), ("old", .left), ("", .right),
      ("new", .left), ("", .right),
    ])
    for (difference, _) in worst {
      table.add([
        difference.name, number(difference.similarity.pearson),
        number(difference.similarity.ssim), difference.old.name,
        difference.old.probability.map { Decimal.percent($0) } ?? "",
        difference.isChanged ? difference.new.name : "the same",
        difference.new.probability.map { Decimal.percent($0) } ?? "",
      ])
    }
    var text = worst.isEmpty ? "" : table.text
    text += summary.joined(separator: "\n") + "\n" + (path.map { $0 + "\n" } ?? "")
    guard !options.quiet else { return text }
    for note in notes {
      text += TextStyle.yellow("note:", on: .output) + " \(note)\n"
    }
    return text
  }

  /// What holds for all photos, in lines.
  var summary: [String] {
    let spread = spread.map {
      "\(options.measure.title): median \(number($0.median)), mean \(number($0.mean)), lowest "
        + number($0.lowest)
    }
    let undefined = differences.count - values.count
    return [
      "\(differences.count) photos, \(changed.count) predicted otherwise "
        + "(\(Decimal.percent(share(changed.count))))",
      (spread ?? "no maps that can be compared")
        + (undefined > 0 ? "; not defined for \(undefined), where a map is even" : ""),
    ]
  }

  private var notes: [String] {
    skipped.map { "\($0.name): \($0.reason)" }
      + NamedNotes.joined(worst.map { ($0.difference.name, $0.difference.notes) })
  }

  private func number(_ value: Double?) -> String {
    value.map { Decimal.text($0, digits: 3) } ?? "none"
  }

  /// The report as one object.
  var json: JSONValue {
    .object([
      (
        "models",
        .array(
          zip(models, layers).map { model, layers in
            .object([
              ("model", .text(model.path)), ("sha256", .text(try? model.sha256)),
              ("layers", .array(layers.map { .text($0.name) })),
            ])
          })
      ),
      ("method", .text(way.method.name)), ("preset", .text(way.preset.name)),
      ("measure", .text(options.measure.rawValue)),
      (
        "photos",
        .array(
          differences.map { difference in
            .object([
              ("input", .text(difference.name)), ("target", .text(difference.targetName)),
              ("similarity", difference.similarity.json), ("old", difference.old.json),
              ("new", difference.new.json), ("isChanged", .bool(difference.isChanged)),
              ("notes", .array(difference.notes.map { .text($0) })),
            ])
          })
      ),
      (
        "similarity",
        spread.map {
          .object([
            ("lowest", .number($0.lowest)), ("median", .number($0.median)),
            ("mean", .number($0.mean)),
          ])
        } ?? .null
      ),
      ("unlike", .integer(unlike.count)), ("changed", .integer(changed.count)),
      ("failures", .array(failures.map { .text($0) })),
      (
        "skipped",
        .array(
          skipped.map { .object([("input", .text($0.name)), ("reason", .text($0.reason))]) })
      ),
      ("report", .text(path)), ("versions", Versions.json),
    ])
  }
}

// MARK: - As a figure and a page

extension DiffReport {
  /// The most changed photos, a row each, with both maps and their difference.
  var figure: Figure {
    let figures = worst.map {
      $0.comparison.figure(colormap: options.colormap, opacity: options.opacity)
    }
    return Figure(
      title: summary[0], rows: figures.flatMap(\.rows),
      colorbars: figures.first?.colorbars ?? [], notes: [summary[1]],
      footer: figures.first?.footer, panelWidth: 200)
  }

  /// What made the figure.
  var provenance: [(key: String, value: String)] {
    worst.first?.comparison.provenance ?? []
  }

  /// The report as a page.
  var page: ReportPage {
    get throws(DiagnosticError) {
      var page = ReportPage(
        title: "\(models[0].path.name) and \(models[1].path.name)", lead: summary)
      page.marks = failures.map { (isGood: false, text: $0) }
      if failures.isEmpty, options.atLeast != nil || options.changedAtMost != nil {
        page.marks = [(isGood: true, text: "All limits hold")]
      }
      var pictures = ReportPage.Section(title: "Most changed")
      for (difference, comparison) in worst {
        let old = "\(difference.old.name) \(share(difference.old.probability))"
        let new = "\(difference.new.name) \(share(difference.new.probability))"
        pictures.rows.append(
          ReportPage.Row(
            title: difference.name,
            text: "\(options.measure.title) "
              + "\(number(options.measure.value(of: difference.similarity))) · "
              + "map of \(difference.targetName) · "
              + (difference.isChanged
                ? "predicted \(old), now \(new)" : "predicted \(old) and \(new)"),
            isMarked: difference.isChanged,
            pictures: try comparison.pictures(options.colormap, options.opacity)))
      }
      var table = ReportPage.Section(title: "All photos")
      table.header = ["photo", "Pearson", "Spearman", "SSIM", "HOG", "old", "", "new", ""]
      table.cells = differences.map { difference in
        [
          difference.name, number(difference.similarity.pearson),
          number(difference.similarity.spearman), number(difference.similarity.ssim),
          number(difference.similarity.hog), difference.old.name,
          share(difference.old.probability), difference.new.name,
          share(difference.new.probability),
        ]
      }
      page.sections = [pictures, table]
      page.notes = notes
      page.provenance = provenance
      return page
    }
  }

  private func share(_ probability: Float?) -> String {
    probability.map { Decimal.percent($0) } ?? ""
  }
}

extension ModelComparison {
  /// The photo, both maps and their difference, as small pictures.
  fileprivate func pictures(
    _ colormap: Colormap?, _ opacity: Double
  ) throws(DiagnosticError) -> [ReportPage.Picture] {
    let maps = models.indices.map { index in
      (
        "\(models[index].path.name): \(ExplanationFigure.title(of: explanations[index]))",
        heatmaps[index].overlaid(on: photo, colormap: colormap, opacity: opacity)
      )
    }
    var pictures: [ReportPage.Picture] = []
    for (caption, image) in [(title, photo)] + maps
      + [("difference: red where the new has more", difference.overlaid(on: photo, opacity: 0.7))]
    {
      pictures.append(try ReportPage.Picture(image, caption: caption))
    }
    return pictures
  }
}
