import GradCAM

extension MapComparison {
  /// The photo and the maps, what they are and what must be known.
  func figure(colormap: Colormap?, opacity: Double) -> Figure {
    let colors = colormap ?? entries[0].heatmap.customaryColormap
    var bars = [bar(entries, colors, ExplanationFigure.meaning(of: evidence))]
    if !differences.isEmpty {
      let first = name(of: entries[0])
      let second = entries.count == 2 ? name(of: entries[1]) : "the other"
      bars.append(bar(differences, .coolwarm, "for \(second) … for \(first)"))
    }
    let rows =
      subjects == [.targets]
      ? stackedRows(colors, opacity) : plainRows(colors, opacity)
    return Figure(
      title: heading, rows: rows, colorbars: bars, notes: notes, footer: footer,
      panelWidth: 200)
  }

  /// The most maps in a row.
  private static let columns = 4

  /// The gray of what the model did not see, beside a heatmap alone.
  private static let paper = Image.Color(red: 0xe6, green: 0xe6, blue: 0xe6)

  /// The photo, then a panel for each map.
  private func plainRows(_ colormap: Colormap, _ opacity: Double) -> [[Figure.Panel]] {
    let panels =
      [Figure.Panel(image: photo, title: title)]
      + entries.map { entry in
        Figure.Panel(
          image: entry.heatmap.overlaid(on: photo, colormap: colormap, opacity: opacity),
          title: name(of: entry), caption: caption(of: entry))
      }
    return stride(from: 0, to: panels.count, by: Self.columns + 1).map {
      Array(panels[$0..<min($0 + Self.columns + 1, panels.count)])
    }
  }

  /// The photo, then for each target its heatmap over its overlay, and the differences alike.
  private func stackedRows(_ colormap: Colormap, _ opacity: Double) -> [[Figure.Panel]] {
    let maps = entries.map { ($0, colormap) }
    let others = differences.map { ($0, Colormap.coolwarm) }
    // The differences begin a row of their own where not everything fits into one.
    let blocks = maps.count + others.count > Self.columns ? [maps, others] : [maps + others]
    let parts = blocks.flatMap { block in
      stride(from: 0, to: block.count, by: Self.columns).map {
        block[$0..<min($0 + Self.columns, block.count)]
      }
    }
    return parts.enumerated().flatMap { number, part in
      let left = number == 0 ? Figure.Panel(image: photo, title: title) : Figure.Panel(image: nil)
      let upper = part.map { entry, colors in
        Figure.Panel(
          image: entry.heatmap.colored(with: colors, outside: Self.paper),
          title: ExplanationFigure.title(of: entry.explanation))
      }
      let lower = part.map { entry, colors in
        Figure.Panel(
          image: entry.heatmap.overlaid(on: photo, colormap: colors, opacity: opacity),
          caption: caption(of: entry))
      }
      return [[left] + upper, [Figure.Panel(image: nil)] + lower]
    }
  }

  /// A bar with shares of a map's largest value, or with the values themselves where the scale is
  /// shared.
  private func bar(_ entries: [Entry], _ colormap: Colormap, _ title: String) -> Figure.Colorbar {
    guard isShared, let limit = entries.first?.limit.flatMap(\.self) else {
      return Figure.Colorbar(colormap: colormap, title: title)
    }
    let (low, high) = (colormap.range.lowerBound, colormap.range.upperBound)
    let ticks = (0...4).map { step -> Figure.Colorbar.Tick in
      let value = low + (high - low) * Float(step) / 4
      return Figure.Colorbar.Tick(
        value: value, label: Decimal.significant(Double(value * limit), digits: 3))
    }
    return Figure.Colorbar(colormap: colormap, title: title, ticks: ticks)
  }

  /// The class explained, where all maps are of one.
  private var heading: String? {
    subjects.contains(.targets) ? nil : ExplanationFigure.title(of: entries[0].explanation)
  }

  /// What stands below a map.
  func caption(of entry: Entry) -> String {
    var parts: [String] = []
    if subjects.contains(.layers) { parts.append(resolution(of: entry)) }
    if let similarity = entry.similarity, subjects != [.targets] {
      let number = similarity.pearson.map { Decimal.text($0, digits: 2) } ?? "not defined"
      let first = subjects.count == 1 ? name(of: entries[0]) : "the first"
      parts.append("correlation with \(first) \(number)")
    }
    if commonLayer == nil, !subjects.contains(.layers) { parts.append("at \(entry.layerNames)") }
    if !isShared, let limit = entry.limit, limit > 0 {
      parts.append("1 stands for \(Decimal.significant(Double(limit), digits: 3))")
    }
    if let share = entry.heatmap.clippedPercent { parts.append("the largest \(share) drawn alike") }
    return parts.joined(separator: "\n")
  }

  /// The grid's cells and the receptive field, in pixels of the model's input.
  func resolution(of entry: Entry) -> String {
    "\(entry.map.height)×\(entry.map.width) cells of \(cell(of: entry)) px\n"
      + "sees \(field(of: entry))"
  }

  /// The height and width of a cell of the map, in pixels of the model's input.
  func cellSize(of entry: Entry) -> (height: Double, width: Double) {
    let cell = model.cell(of: entry.layer)
    // Shifts divide the layer's cells.
    return (
      cell.height * Double(entry.layer.height) / Double(entry.map.height),
      cell.width * Double(entry.layer.width) / Double(entry.map.width)
    )
  }

  /// A cell's height and width.
  func cell(of entry: Entry) -> String {
    let cell = cellSize(of: entry)
    let text = { (side: Double) in
      side == side.rounded() ? Decimal.text(side, digits: 0) : Decimal.text(side, digits: 1)
    }
    return "\(text(cell.height))×\(text(cell.width))"
  }

  /// The receptive field in words.
  func field(of entry: Entry) -> String {
    let field = entry.field
    guard field.height != nil || field.width != nil else { return "the whole image" }
    let side = { (side: Int?) in side.map(String.init) ?? "all" }
    return "\(side(field.height))×\(side(field.width)) px"
  }

  /// The layers' names, where they are the same for all maps.
  var commonLayer: String? {
    let names = Set(entries.map(\.layerNames))
    return names.count == 1 ? names.first : nil
  }

  private var footer: String {
    let first = entries[0]
    let made =
      [
        subjects.contains(.methods) ? nil : first.explanation.method.title,
        commonLayer.map { (subjects.contains(.methods) ? "layer " : "at ") + $0 },
      ].compactMap(\.self).joined(separator: " ") + first.explanation.options.remark
    let field =
      subjects.contains(.layers)
      ? "pixels are those of the model's input of \(model.input.size)" : ""
    return [
      model.path.name, made,
      isShared ? "all maps on one scale" : "each map scaled by its own largest value", field,
      "gradcam \(GradCAMVersion.current)",
    ].filter { !$0.isEmpty }.joined(separator: "  ·  ")
  }
}
