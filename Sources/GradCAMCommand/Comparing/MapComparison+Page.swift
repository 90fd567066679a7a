import GradCAM

extension MapComparison {
  /// The maps as a page, with a picker for whatever differs.
  func page(colormap: Colormap?, opacity: Double) -> ExplanationPage {
    let isStacked = subjects == [.targets]
    var pickers: [ExplanationPage.Picker] = []
    var keys: [(Entry) -> String] = []
    func add(_ title: String, _ key: @escaping (Entry) -> String) {
      var choices: [String] = []
      for choice in (entries + differences).map(key) where !choices.contains(choice) {
        choices.append(choice)
      }
      pickers.append(ExplanationPage.Picker(title: title, choices: choices))
      keys.append(key)
    }
    if subjects.contains(.targets) {
      add("Class") { ExplanationFigure.title(of: $0.explanation) }
    }
    if subjects.contains(.layers) { add("Layer") { $0.layerNames } }
    if subjects.contains(.methods) { add("Method") { $0.explanation.method.title } }
    let maps = (entries + differences).map { entry in
      let isDifference = isStacked && entry.heatmap.evidence != evidence
      let details = [
        "\(entry.explanation.method.title) at \(entry.layerNames)",
        resolution(of: entry).replacing("\n", with: ", "),
        entry.similarity?.pearson.map {
          "correlation with the first \(Decimal.text($0, digits: 2))"
        },
      ]
      return ExplanationPage.Map(
        choices: zip(pickers, keys).map { picker, key in
          picker.choices.firstIndex(of: key(entry)) ?? 0
        },
        heatmap: entry.heatmap, limit: entry.limit, colormap: isDifference ? nil : colormap,
        title: ExplanationFigure.title(of: entry.explanation),
        meaning: ExplanationFigure.meaning(of: entry.heatmap.evidence),
        details: details.compactMap(\.self).joined(separator: " · "),
        notes: entry.explanation.notes)
    }
    let common = isShared ? "all maps on one scale" : nil
    return ExplanationPage(
      title: "\(title) – \(model.path.name)", photo: photo, pickers: pickers, maps: maps,
      notes: [common].compactMap(\.self), provenance: provenance, opacity: opacity)
  }
}

extension ModelComparison {
  /// The maps and their difference as a page, with a picker of the model.
  func page(colormap: Colormap?, opacity: Double) -> ExplanationPage {
    let names = models.map(\.path.name)
    let maps = models.indices.map { index in
      let explanation = explanations[index]
      return ExplanationPage.Map(
        choices: [index], heatmap: heatmaps[index], colormap: colormap,
        title: ExplanationFigure.title(of: explanation),
        meaning: ExplanationFigure.meaning(of: heatmaps[index].evidence),
        details: "\(explanation.method.title) at \(explanation.layer.name) · \(summary)",
        notes: explanation.notes)
    }
    let change = ExplanationPage.Map(
      choices: [maps.count], heatmap: difference, title: "Difference", meaning: Self.meaning,
      details: summary, notes: notes)
    return ExplanationPage(
      title: "\(title) – \(names.joined(separator: " and "))", photo: photo,
      pickers: [.init(title: "Model", choices: names + ["Difference"])], maps: maps + [change],
      provenance: provenance, opacity: opacity)
  }
}
