import Diagnostics

/// Where the parts of a figure go, in CSS pixels.
struct FigureLayout {
  /// The room around everything.
  static let margin = 16.0

  /// The room between neighbours.
  static let gap = 14.0

  /// The width of the colours of a bar.
  static let barWidth = 14.0

  /// The room for the numbers of a bar.
  static let tickWidth = 52.0

  /// How long a bar gets beside more than one row.
  static let longestBar = 320.0

  /// The room for the sign before a note.
  static let signWidth = 20.0

  /// How much higher than wide a panel's picture may be.
  static let tallest = 1.25

  /// The figure.
  let figure: Figure

  /// The figure's width.
  let width: Double

  /// The lines above everything.
  let heading: [String]

  /// The lines of each note.
  let notes: [[String]]

  /// The lines below everything.
  let footer: [String]

  /// Lays a figure out.
  init(_ figure: Figure) {
    self.figure = figure
    let columns = Double(max(figure.rows.map(\.count).max() ?? 0, 1))
    let panels = columns * figure.panelWidth + (columns - 1) * Self.gap
    width =
      2 * Self.margin + panels
      + figure.colorbars.reduce(0) { $0 + Self.gap + Self.width(of: $1) }
    let inner = width - 2 * Self.margin
    notes = figure.notes.map {
      FigureText.note.lines(of: $0, width: inner - Self.signWidth, limit: 4)
    }
    heading = figure.title.map { FigureText.heading.lines(of: $0, width: inner, limit: 2) } ?? []
    footer = figure.footer.map { FigureText.footer.lines(of: $0, width: inner, limit: 4) } ?? []
  }
}

extension FigureLayout {
  /// The room that a bar takes with its numbers and title.
  private static func width(of bar: Figure.Colorbar) -> Double {
    barWidth + tickWidth + (bar.title == nil ? 0 : FigureText.caption.lineHeight)
  }
}

// MARK: - Drawing

extension FigureLayout {
  /// One row's texts and heights.
  private struct Row {
    /// The lines above and below each picture.
    let titles, captions: [[String]]

    /// The size of each picture.
    let sizes: [(width: Double, height: Double)]

    /// The height of the tallest title, picture and caption.
    let titleHeight, imageHeight, captionHeight: Double

    /// Measures a row.
    init(_ panels: [Figure.Panel], width: Double) {
      titles = panels.map { FigureText.title.lines(of: $0.title, width: width, limit: 2) }
      captions = panels.map { panel in
        panel.caption.map { FigureText.caption.lines(of: $0, width: width, limit: 5) } ?? []
      }
      sizes = panels.map { panel in
        guard let image = panel.image else { return (0, 0) }
        let (w, h) = (Double(image.width), Double(image.height))
        let scale = min(width / w, FigureLayout.tallest * width / h)
        // A side so thin that it would vanish is drawn a pixel wide.
        return (max(w * scale, 1), max(h * scale, 1))
      }
      titleHeight = Double(titles.map(\.count).max() ?? 0) * FigureText.title.lineHeight
      imageHeight = sizes.map(\.height).max() ?? 0
      captionHeight = Double(captions.map(\.count).max() ?? 0) * FigureText.caption.lineHeight
    }

    /// From the row's top to its bottom.
    var height: Double { titleHeight + 4 + imageHeight + 4 + captionHeight }
  }

  /// The figure's drawing.
  func drawing(description: String?) throws(DiagnosticError) -> SVGDrawing {
    var svg = SVGWriter()
    var y = Self.margin
    if !heading.isEmpty {
      svg.add(heading, in: .heading, x: Self.margin, y: y + FigureText.heading.size)
      y += Double(heading.count) * FigureText.heading.lineHeight + Self.gap / 2
    }
    let top = y
    var firstPicture = (y: y, bottom: y)
    var lastBottom = y
    for (index, panels) in figure.rows.enumerated() {
      let row = Row(panels, width: figure.panelWidth)
      for column in panels.indices {
        try draw(
          panels[column], row: row, column: column,
          x: Self.margin + Double(column) * (figure.panelWidth + Self.gap), y: y, into: &svg)
      }
      if index == 0 {
        firstPicture = (y + row.titleHeight + 4, y + row.titleHeight + 4 + row.imageHeight)
      }
      lastBottom = y + row.titleHeight + 4 + row.imageHeight
      y += row.height + Self.gap
    }
    var right = width - Self.margin
    for bar in figure.colorbars.reversed() {
      // As long as the first pictures, or longer where there are more below.
      let bottom = max(
        firstPicture.bottom, top + 100, min(lastBottom, firstPicture.y + Self.longestBar))
      try draw(bar, from: firstPicture.y, to: bottom, right: right, into: &svg)
      right -= Self.width(of: bar) + Self.gap
      y = max(y, bottom + Self.gap)
    }
    for lines in notes where !lines.isEmpty {
      svg.addSign(x: Self.margin, y: y, size: FigureText.note.lineHeight - 2)
      svg.add(lines, in: .note, x: Self.margin + Self.signWidth, y: y + FigureText.note.size)
      y += Double(lines.count) * FigureText.note.lineHeight + 4
    }
    if !notes.isEmpty { y += Self.gap - 4 }
    if !footer.isEmpty {
      svg.add(footer, in: .footer, x: Self.margin, y: y + FigureText.footer.size)
      y += Double(footer.count) * FigureText.footer.lineHeight + Self.gap
    }
    let height = (y - Self.gap + Self.margin).rounded(.up)
    return SVGDrawing(
      text: svg.text(width: width, height: height, description: description), width: width,
      height: height)
  }

  /// Draws one panel.
  private func draw(
    _ panel: Figure.Panel, row: Row, column: Int, x: Double, y: Double, into svg: inout SVGWriter
  ) throws(DiagnosticError) {
    let center = x + figure.panelWidth / 2
    let title = row.titles[column]
    // Titles stand right above the pictures, however many lines their neighbours have.
    let above = row.titleHeight - Double(title.count) * FigureText.title.lineHeight
    svg.add(
      title, in: .title, x: center, y: y + above + FigureText.title.size, anchor: "middle")

    guard let image = panel.image else { return }
    let size = row.sizes[column]
    let left = center - size.width / 2, upper = y + row.titleHeight + 4
    try svg.add(
      png: embedded(image, size: size).encoded(as: .png), x: left, y: upper,
      width: size.width, height: size.height)
    let scaleX = size.width / Double(image.width)
    let scaleY = size.height / Double(image.height)
    for mark in panel.marks {
      switch mark {
      case .ring(let x, let y):
        svg.addRing(x: left + x * scaleX, y: upper + y * scaleY, radius: 6)
      case .frame(let frame):
        svg.addFrame(
          x: left + Double(frame.x) * scaleX, y: upper + Double(frame.y) * scaleY,
          width: Double(frame.width) * scaleX, height: Double(frame.height) * scaleY)
      }
    }
    svg.add(
      row.captions[column], in: .caption, x: center,
      y: upper + size.height + 4 + FigureText.caption.size, anchor: "middle")
  }

  /// The picture with no more pixels than two for each that it is shown with.
  private func embedded(_ image: Image, size: (width: Double, height: Double)) -> Image {
    let width = Int((2 * size.width).rounded(.up)), height = Int((2 * size.height).rounded(.up))
    return image.resized(
      width: min(image.width, width), height: min(image.height, height))
  }

  /// Draws a colour bar that ends at a right edge.
  private func draw(
    _ bar: Figure.Colorbar, from top: Double, to bottom: Double, right edge: Double,
    into svg: inout SVGWriter
  ) throws(DiagnosticError) {
    let left = edge - Self.width(of: bar)
    let (low, high) = (bar.colormap.range.lowerBound, bar.colormap.range.upperBound)
    let values = (0..<256).map { high - (high - low) * Float($0) / 255 }
    try svg.add(
      png: Image(map: values, width: 1, height: 256, colormap: bar.colormap).encoded(as: .png),
      x: left, y: top, width: Self.barWidth, height: bottom - top)
    for tick in bar.ticks where tick.value.isFinite {
      let share = Double((min(max(tick.value, low), high) - low) / (high - low))
      let y = bottom - share * (bottom - top)
      let right = left + Self.barWidth
      svg.addLine(fromX: right, toX: right + 4, y: y)
      svg.add(
        FigureText.caption.lines(of: tick.label, width: Self.tickWidth - 8, limit: 1),
        in: .caption, x: right + 7, y: y + FigureText.caption.size * 0.36)
    }
    if let title = bar.title {
      svg.add(
        FigureText.caption.lines(of: title, width: bottom - top, limit: 1), in: .caption,
        x: edge - FigureText.caption.lineHeight + 4, y: (top + bottom) / 2,
        anchor: "middle", isTurned: true)
    }
  }
}
