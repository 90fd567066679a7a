import GradCAM
import Imaging

/// What came of all checks.
struct CheckReport {
  let model: Model
  /// The photos that were looked at.
  let photos: [String]
  let config: CheckConfig
  /// What must be known.
  var notes: [String]
  /// The layers of each method.
  var layers: [String: [String]] = [:]
  var results: [CheckResult] = []
  /// Photos with their maps.
  var pictures: [(method: Method, photo: CheckedPhoto)] = []

  init(model: Model, photos: [String], config: CheckConfig, notes: [String]) {
    (self.model, self.photos, self.config, self.notes) = (model, photos, config, notes)
  }

  /// The checks that failed.
  var failures: [CheckResult] { results.filter { $0.outcome == .failed } }

  /// What came of all, in a line.
  var summary: String {
    let skipped = results.count { $0.outcome == .skipped }
    return "\(results.count - failures.count - skipped) passed, \(failures.count) failed"
      + (skipped > 0 ? ", \(skipped) skipped" : "")
  }
}

// MARK: - As text and JSON

extension CheckReport {
  /// A row a check.
  var text: String {
    var table = TextTable([
      ("method", .left), ("check", .left), ("", .left), ("value", .right), ("limit", .left),
    ])
    for result in results {
      table.add([
        result.subject, result.name, result.outcome.rawValue,
        result.value.map { Decimal.significant($0, digits: 3) } ?? "", result.bound,
      ])
    }
    let reasons = results.filter { $0.outcome != .passed }.map {
      "\($0.subject), \($0.name): \($0.text)\n"
    }
    return table.text + reasons.joined() + summary + "\n"
  }

  /// The report as one object.
  var json: JSONValue {
    .object([
      ("model", .object([("path", .text(model.path)), ("sha256", .text(try? model.sha256))])),
      ("photos", .array(photos.map { .text($0) })),
      (
        "methods",
        .array(
          config.methods.map { method in
            .object([
              ("method", .text(method.name)),
              ("layers", .array((layers[method.name] ?? []).map { .text($0) })),
            ])
          })
      ),
      ("seed", .integer(Int(config.seed))),
      ("passed", .bool(failures.isEmpty)),
      (
        "checks",
        .array(
          results.map { result in
            .object([
              ("method", .text(result.subject)), ("check", .text(result.name)),
              ("outcome", .text(result.outcome.rawValue)),
              ("value", result.value.map { .number($0) } ?? .null),
              ("limit", .text(result.bound)), ("text", .text(result.text)),
              (
                "curve",
                .array(
                  result.curve.map {
                    .object([("step", .text($0.label)), ("similarity", $0.similarity.json)])
                  })
              ),
              ("seconds", .number(result.seconds)),
            ])
          })
      ),
      ("notes", .array(notes.map { .text($0) })), ("versions", Versions.json),
    ])
  }
}

// MARK: - For CI

extension CheckReport {
  /// The report as JUnit's XML, which CI services read.
  var jUnit: String {
    let cases = results.map { result in
      let head =
        "    <testcase classname=\"gradcam.\(XML.escaped(result.subject))\" "
        + "name=\"\(XML.escaped(result.name))\" time=\"\(Decimal.text(result.seconds, digits: 3))\""
      let text = XML.escaped(result.text)
      switch result.outcome {
      case .passed: return head + ">\n      <system-out>\(text)</system-out>\n    </testcase>"
      case .skipped: return head + ">\n      <skipped message=\"\(text)\"/>\n    </testcase>"
      case .failed:
        return head
          + ">\n      <failure message=\"\(XML.escaped(Self.verdict(result)))\">\(text)</failure>\n"
          + "    </testcase>"
      }
    }
    let skipped = results.count { $0.outcome == .skipped }
    let seconds = Decimal.text(results.reduce(0) { $0 + $1.seconds }, digits: 3)
    let counts =
      "tests=\"\(results.count)\" failures=\"\(failures.count)\" skipped=\"\(skipped)\" "
      + "errors=\"0\" time=\"\(seconds)\""
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuites \(counts)>
        <testsuite name="gradcam check \(XML.escaped(model.path.name))" \(counts)>
      \(cases.joined(separator: "\n"))
        </testsuite>
      </testsuites>

      """
  }

  /// The report as Markdown, for a summary of a job.
  var markdown: String {
    let rows = results.map { result in
      let mark =
        switch result.outcome {
        case .passed: "✅"
        case .failed: "❌"
        case .skipped: "➖"
        }
      let cells = [
        mark, result.subject, result.name,
        result.value.map { Decimal.significant($0, digits: 3) } ?? "", result.bound, result.text,
      ]
      return "| " + cells.map(Self.cell).joined(separator: " | ") + " |"
    }
    return """
      ## gradcam check: \(Self.cell(model.path.name))

      **\(summary)** on \(photos.count) photos

      | | method | check | value | limit | what was found |
      |---|---|---|---|---|---|
      \(rows.joined(separator: "\n"))
      \(notes.isEmpty ? "" : "\n" + notes.map { "- \(Self.cell($0))\n" }.joined())
      """
  }

  /// What a check that failed found, in a line.
  static func verdict(_ result: CheckResult) -> String {
    let value = result.value.map { Decimal.significant($0, digits: 3) }
    return value.map { "\($0) is not \(result.bound)" } ?? result.text
  }

  /// Text within a table of Markdown.
  private static func cell(_ text: String) -> String {
    text.replacing("|", with: "\\|").replacing("\n", with: " ").replacing("<", with: "&lt;")
  }
}

// MARK: - As a page

extension CheckReport {
  /// The report with its curves and some maps.
  var page: ReportPage {
    get throws(DiagnosticError) {
      var page = ReportPage(
        title: "Check of \(model.path.name)", lead: [summary + " on \(photos.count) photos"])
      page.marks = results.filter { $0.outcome != .skipped }.map {
        ($0.outcome == .passed, "\($0.subject), \($0.name): \($0.text)")
      }
      for method in config.methods {
        var section = ReportPage.Section(title: method.title)
        section.text = ["at \((layers[method.name] ?? []).joined(separator: ", "))"]
        let own = results.filter { $0.subject == method.name }
        section.plots = own.filter { $0.curve.count > 1 }.map { result in
          let measures = [SimilarityMean.Measure.spearman, .ssim, .hog]
          return LinePlot(
            title: "\(result.name): likeness to the map of the model as it is",
            labels: result.curve.map(\.label),
            curves: measures.map { measure in
              (measure.title, result.curve.map { $0.similarity[measure] })
            })
        }
        for (_, photo) in pictures.filter({ $0.method == method }) {
          let overlay = photo.explanation.heatmap.overlaid(on: photo.image)
          section.rows.append(
            ReportPage.Row(
              title: photo.name, text: ExplanationFigure.title(of: photo.explanation),
              isMarked: false,
              pictures: [
                try ReportPage.Picture(photo.image, caption: "photo"),
                try ReportPage.Picture(overlay, caption: "map"),
              ]))
        }
        section.header = ["check", "", "value", "limit"]
        section.cells = own.map {
          [
            $0.name, $0.outcome.rawValue,
            $0.value.map { Decimal.significant($0, digits: 3) } ?? "", $0.bound,
          ]
        }
        page.sections.append(section)
      }
      page.notes = notes
      page.provenance = [
        ("Model", model.path), ("SHA-256", (try? model.sha256) ?? ""),
        ("Seed of random weights", "\(config.seed)"),
        ("gradcam", GradCAMVersion.current),
      ]
      return page
    }
  }
}
