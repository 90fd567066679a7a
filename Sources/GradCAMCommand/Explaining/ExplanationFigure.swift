import GradCAM

/// An input's explanations side by side.
struct ExplanationFigure {
  let job: ExplanationFiles.Job
  let colormap: Colormap?
  let opacity: Double

  /// The most panels in a row.
  private static let columns = 4

  /// The most slices of a volume that are shown of all targets together.
  private static let sliceLimit = 60

  /// The photo, then an overlay for each target, with a bar that tells what the colours mean.
  var figure: Figure {
    let isVolume = job.explanations.contains { $0.volume != nil }
    var panels =
      isVolume ? [] : [Figure.Panel(image: job.picture.image, title: job.input.stem)]
    for explanation in job.explanations {
      if let volume = explanation.volume {
        panels += contactSheet(volume, explanation)
        continue
      }
      panels.append(
        Figure.Panel(
          image: explanation.heatmap.overlaid(
            on: job.picture.image, colormap: colormap, opacity: opacity),
          title: Self.title(of: explanation),
          caption: Self.caption(of: explanation)))
    }
    let columns = isVolume ? 2 * Self.columns : Self.columns
    let rows = stride(from: 0, to: panels.count, by: columns).map {
      Array(panels[$0..<min($0 + columns, panels.count)])
    }
    guard let first = job.explanations.first else { return Figure(rows: rows) }
    let isOne = isVolume && job.explanations.count == 1
    return Figure(
      title: isOne ? "\(job.input.stem): \(Self.title(of: first))" : nil, rows: rows,
      colorbars: [
        Figure.Colorbar(
          colormap: colormap ?? first.heatmap.customaryColormap,
          title: Self.meaning(of: first))
      ],
      notes: notes, footer: footer(first), panelWidth: isVolume ? 120 : 240)
  }

  /// What must be known of each map, with its target's name where there are several.
  private var notes: [String] {
    NamedNotes.joined(job.explanations.map { (Self.names(of: $0), $0.findings) })
  }

  /// The slices of a volume in order; of many a choice at even steps.
  private func contactSheet(
    _ volume: VolumeHeatmap, _ explanation: Explanation
  ) -> [Figure.Panel] {
    let slices = job.picture.slices
    let limit = max(1, Self.sliceLimit / max(job.explanations.count, 1))
    let step = max(1, (slices.count + limit - 1) / limit)
    let maps = volume.slices(slices.count)
    let name = job.explanations.count > 1 ? Self.title(of: explanation) + ", " : ""
    return stride(from: 0, to: slices.count, by: step).map { number in
      Figure.Panel(
        image: maps[number].overlaid(on: slices[number], colormap: colormap, opacity: opacity),
        title: "\(name)slice \(number)")
    }
  }

  /// The label; of a difference both.
  static func names(of explanation: Explanation) -> String {
    let names = explanation.classes.map { part in
      (part.weight < 0 ? "rather than " : "") + (part.label ?? "class \(part.index)")
    }
    return names.joined(separator: " ")
  }

  /// The label and the probability; of a difference its logit.
  static func title(of explanation: Explanation) -> String {
    let title = names(of: explanation)
    if explanation.classes.count > 1 {
      return "\(title) (\(Decimal.signed(Double(explanation.logit), digits: 2)))"
    }
    if let share = explanation.share { return "\(title) (\(Decimal.percent(share)) won)" }
    let value = Decimal.text(Double(explanation.logit), digits: 2)
    return "\(title) (\(explanation.probability.map(Decimal.percent) ?? value))"
  }

  /// What the method measured.
  private static func caption(of explanation: Explanation) -> String? {
    let measures = explanation.measures.map {
      "\($0.name) \(Decimal.significant($0.value, digits: 4))"
    }
    return measures.isEmpty ? nil : measures.joined(separator: ", ")
  }

  /// What the colours of an explanation tell.
  private static func meaning(of explanation: Explanation) -> String {
    explanation.method.isSigned
      ? meaning(of: explanation.heatmap.evidence) : "how much it matters"
  }

  /// What the colours tell.
  static func meaning(of evidence: Evidence) -> String {
    switch evidence {
    case .for: "evidence for"
    case .against: "evidence against"
    case .both: "against … for"
    }
  }

  /// How values became colours.
  private static func scale(of explanation: Explanation) -> String {
    guard let share = explanation.heatmap.clippedPercent else {
      return "each map scaled by its own largest value"
    }
    return "the largest \(share) of each map's pixels drawn alike"
  }

  private func footer(_ explanation: Explanation) -> String {
    let layers = explanation.layers.map(\.name).joined(separator: ", ")
    let fusion = explanation.fusion.map { " (\($0.name))" } ?? ""
    let place = explanation.method.usesLayer ? " at \(layers)\(fusion)" : ""
    return
      "\(job.explainer.model.path.name)  ·  \(explanation.method.title)\(place)"
      + "\(explanation.options.remark)  ·  "
      + "\(Self.scale(of: explanation))  ·  gradcam \(GradCAMVersion.current)"
  }
}

extension ExplanationOptions {
  /// What is not as usual, to follow the method's title.
  var remark: String {
    var parts: [String] = []
    if preset != .paper { parts.append("as \(preset.name)") }
    if isAugmented { parts.append("augmented") }
    if shifts > 1 { parts.append("\(shifts)×\(shifts) shifts") }
    return parts.map { ", " + $0 }.joined()
  }
}

extension Heatmap {
  /// The share of cells drawn alike, in words; nil where each is drawn as it is.
  var clippedPercent: String? {
    guard clippedShare > 0 else { return nil }
    return Decimal.text(100 * clippedShare, digits: clippedShare < 0.0095 ? 2 : 0) + "%"
  }
}
