import GradCAM

/// Tells what was explained: a table an input as soon as it is done, or one report at the end.
struct ExplainReporter {
  private let run: ExplainRun
  private var explanations: [JSONValue] = []
  private var skipped: [(input: String, reason: String)] = []
  private var notes: [String] = []
  private var layerNotes: Set<String> = []
  private var hasBegun = false

  /// A reporter for one run.
  init(_ run: ExplainRun) {
    self.run = run
  }

  private var isJSON: Bool { run.options.writing.json }

  private var printsTable: Bool {
    if case .standardOutput = run.files.place { return false }
    return !isJSON
  }
}

// MARK: - As it goes

extension ExplainReporter {
  /// Tells of one input.
  mutating func add(
    _ job: ExplanationFiles.Job, _ written: [ExplanationFiles.Written], _ fileNotes: [String],
    extra: [(key: String, value: Double)]
  ) {
    begin()
    let preprocessing =
      job.input.array == nil || job.picture.raster != nil && run.files.normalizesArrays
      ? job.explainer.preprocessing.description : "none"
    let reports = zip(job.explanations, written).map { explanation, files in
      ExplanationReport(
        input: job.input.name, explanation: explanation, files: files,
        preprocessing: preprocessing, sliceCount: job.picture.slices.count, cost: job.cost,
        milliseconds: extra.prefix(2) + [
          ("preprocess", explanation.timing.preprocess), ("run", explanation.timing.run),
        ] + extra.dropFirst(2))
    }
    explanations += reports.map(\.json)
    if printsTable { printTable(reports, job) }
    for report in reports { tellNotes(of: report, job.input.name) }
    for note in fileNotes { remember(note) }
  }

  /// Tells of a file in a folder that cannot be explained.
  mutating func skip(_ input: ExplainInput, because reason: String) {
    skipped.append((input.name, reason))
    tell("skipped: \(reason)")
  }

  /// Prints what is left to print.
  func finish() throws(DiagnosticError) {
    if explanations.isEmpty, let folder = run.inputs.first?.folder ?? run.options.inputs.first {
      throw .noPictures(in: folder, notes: skipped.map(\.reason))
    }
    if isJSON { StandardStream.write(try report.text() + "\n", to: .output) }
  }

  private mutating func begin() {
    guard !hasBegun else { return }
    hasBegun = true
    for hint in run.hints { remember(hint) }
    guard printsTable else { return }
    let model = run.explainer.model
    let layers = run.layers.map { "\($0.name) \($0.shape)" }.joined(separator: ", ")
    let made = run.explanationOptions
    let fusion =
      run.layers.count > 1 ? ", fused by \(made.joinedBy.name)" : ""
    StandardStream.write(
      TextStyle.bold(model.path.name)
        + "  layer \(layers)\(fusion)  \(made.method.title), "
        + "evidence \(made.evidence.rawValue)\(made.remark)\n", to: .output)
  }

  private func printTable(_ reports: [ExplanationReport], _ job: ExplanationFiles.Job) {
    var table = ExplanationReport.table
    for report in reports { report.add(to: &table) }
    var text = "\n" + TextStyle.bold(job.input.name) + "\n" + table.text
    if let first = job.explanations.first, first.outputKind == .labels, first.logits.count > 1 {
      let holding = first.holdingClasses.map { index in
        "\(run.explainer.labels?[index] ?? "\(index)") "
          + Decimal.percent(first.probabilities[index])
      }
      text +=
        holding.isEmpty
        ? "no class is over 50%\n" : "over 50%: \(holding.joined(separator: ", "))\n"
    }
    for report in reports where !report.explanation.measures.isEmpty {
      let measures = report.explanation.measures.map {
        "\($0.name) \(Decimal.significant($0.value, digits: 4))"
      }
      let name = reports.count > 1 ? "class \(report.explanation.classIndex): " : ""
      text += name + measures.joined(separator: ", ") + "\n"
    }
    for report in reports {
      guard let faithfulness = report.explanation.faithfulness else { continue }
      let name = reports.count > 1 ? ", class \(report.explanation.classIndex)" : ""
      text += "faithfulness\(name): \(faithfulness)\n"
    }
    for file in reports.first?.files ?? [] where file.kind.isOfAll {
      let names: [SavedKind: String] = [.html: "page", .classesNumPy: "all classes"]
      text += "\(names[file.kind] ?? "figure"): \(file.path)\n"
    }
    if run.options.writing.preview, StandardStream.output.isTerminal {
      for explanation in job.explanations {
        let overlay = explanation.heatmap.overlaid(
          on: job.picture.image, colormap: run.options.writing.colormap,
          opacity: run.options.writing.opacity)
        text += "\n" + ExplanationFigure.title(of: explanation) + "\n"
        text += overlay.halfBlocks(columns: min(StandardStream.output.columns, 80))
      }
    }
    StandardStream.write(text, to: .output)
  }

  /// What must be known to not misread a map is part of the result: beside it only where a file is
  /// on standard output, and within it where that is a report.  What is true of the layer whatever
  /// the photo is told once.
  private mutating func tellNotes(of report: ExplanationReport, _ input: String) {
    guard !isJSON else { return }
    for note in report.explanation.notes {
      if Explanation.isAboutLayer(note), !layerNotes.insert(note).inserted { continue }
      tell(
        "\(input), class \(report.explanation.classIndex): \(note)",
        on: printsTable ? .output : .error)
    }
  }

  /// A note about the whole run.
  private mutating func remember(_ note: String) {
    guard !notes.contains(note) else { return }
    notes.append(note)
    tell(note)
  }

  private func tell(_ note: String, on stream: StandardStream = .error) {
    guard !run.options.writing.quiet else { return }
    StandardStream.write(TextStyle.yellow("note:", on: stream) + " \(note)\n", to: stream)
  }
}

// MARK: - At the end

extension ExplainReporter {
  /// The whole report.
  private var report: JSONValue {
    get throws(DiagnosticError) {
      let model = run.explainer.model
      var entries: [(String, JSONValue)] = [
        ("model", .object([("path", .text(model.path)), ("sha256", .text(try model.sha256))])),
        ("explanations", .array(explanations)),
      ]
      if !skipped.isEmpty {
        let list = skipped.map {
          JSONValue.object([("input", .text($0.input)), ("reason", .text($0.reason))])
        }
        entries.append(("skipped", .array(list)))
      }
      if !notes.isEmpty { entries.append(("notes", .array(notes.map { .text($0) }))) }
      entries.append(("versions", Versions.json))
      return .object(entries)
    }
  }
}
