import GradCAM

/// An input's explanations side by side.
struct ExplanationFigure {
  let job: ExplanationFiles.Job
  let model: Model
  let colormap: Colormap?
  let opacity: Double

  /// The most panels in a row.
  private static let columns = 5

  /// The photo, then an overlay for each target, with a bar that tells what the colours mean.
  var figure: Figure {
    var panels = [Figure.Panel(image: job.photo, title: job.input.stem)]
    for explanation in job.explanations {
      panels.append(
        Figure.Panel(
          image: explanation.heatmap.overlaid(
            on: job.photo, colormap: colormap, opacity: opacity),
          title: Self.title(of: explanation),
          caption: explanation.heatmap.isEmpty ? explanation.notes.first : nil))
    }
    let rows = stride(from: 0, to: panels.count, by: Self.columns).map {
      Array(panels[$0..<min($0 + Self.columns, panels.count)])
    }
    guard let first = job.explanations.first else { return Figure(rows: rows) }
    return Figure(
      rows: rows,
      colorbar: Figure.Colorbar(
        colormap: colormap ?? first.heatmap.customaryColormap,
        title: Self.meaning(of: first.heatmap.evidence)),
      footer: footer(first))
  }

  /// The label and the probability.
  static func title(of explanation: Explanation) -> String {
    let names = explanation.classes.map { part in
      (part.weight < 0 ? "rather than " : "") + (part.label ?? "class \(part.index)")
    }
    let title = names.joined(separator: " ")
    if let share = explanation.share { return "\(title) (\(Decimal.percent(share)) won)" }
    let value = Decimal.text(Double(explanation.logit), digits: 2)
    return "\(title) (\(explanation.probability.map(Decimal.percent) ?? value))"
  }

  /// What the colours tell.
  static func meaning(of evidence: Evidence) -> String {
    switch evidence {
    case .for: "evidence for"
    case .against: "evidence against"
    case .both: "against … for"
    }
  }

  private func footer(_ explanation: Explanation) -> String {
    let layers = explanation.layers.map(\.name).joined(separator: ", ")
    let fusion = explanation.fusion.map { " (\($0.name))" } ?? ""
    return "\(model.path.name)  ·  \(explanation.method.title) at \(layers)\(fusion)  ·  "
      + "each map scaled by its own maximum  ·  gradcam \(GradCAMVersion.current)"
  }
}
