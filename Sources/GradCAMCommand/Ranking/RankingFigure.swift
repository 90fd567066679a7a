import GradCAM

/// The maps of the layers compared, over the photo, the best first.
struct RankingFigure {
  let ranking: LayerRanking
  let photo: Image
  let stem: String

  /// The most panels in a row.
  private static let columns = 5

  /// The photo, then a panel for each layer with its verdict below.
  var figure: Figure {
    var panels = [
      Figure.Panel(image: photo, title: stem, caption: RankingReport.title(of: ranking))
    ]
    for row in ranking.layers {
      let size = "\(row.layer.height)×\(row.layer.width)"
      let words = row.findings.first.map { "\(row.verdict.rawValue): \($0)" }
      panels.append(
        Figure.Panel(
          image: row.heatmap.overlaid(on: photo),
          title: row.layer.name + (row.isDefault ? " *" : ""),
          caption: "\(size), \(words ?? row.verdict.rawValue)"))
    }
    let rows = stride(from: 0, to: panels.count, by: Self.columns).map {
      Array(panels[$0..<min($0 + Self.columns, panels.count)])
    }
    let colormap = ranking.layers.first?.heatmap.customaryColormap ?? .viridis
    return Figure(
      rows: rows, colorbars: [Figure.Colorbar(colormap: colormap, title: "evidence for")],
      notes: ranking.notes,
      footer: "* the default layer; \(ranking.method.title), each map on its own scale",
      panelWidth: 200)
  }
}
