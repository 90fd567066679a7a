/// Pictures in rows and columns with titles, captions and a colour bar, as one drawing.
///
/// ```swift
/// let figure = Figure(
///   title: "What raised the score",
///   rows: [[.init(image: photo, title: "photo"), .init(image: overlay, title: "tabby cat")]],
///   colorbars: [.init(colormap: .viridis)], footer: "resnet50.onnx, layer4, Grad-CAM")
/// try figure.write(to: "why.pdf")
/// ```
///
/// Texts are wrapped to the width they have, and end in an ellipsis where even that is too long,
/// so nothing overlaps. A newline in a text starts a new line.
public struct Figure: Sendable {
  /// A line or two above everything.
  public var title: String?

  /// The panels, top row first, each from left to right.
  public var rows: [[Panel]]

  /// The bars at the right edge that tell what colours mean.
  public var colorbars: [Colorbar]

  /// What must be known to not misread the pictures, below them, each behind a sign.
  public var notes: [String]

  /// Small print below everything.
  public var footer: String?

  /// The width of each panel, in CSS pixels (1/96 inch).
  public var panelWidth: Double

  /// Makes a figure.
  public init(
    title: String? = nil, rows: [[Panel]], colorbars: [Colorbar] = [], notes: [String] = [],
    footer: String? = nil, panelWidth: Double = 260
  ) {
    self.title = title
    self.rows = rows
    self.colorbars = colorbars
    self.notes = notes
    self.footer = footer
    self.panelWidth = panelWidth
  }
}

// MARK: - Parts

extension Figure {
  /// One picture with its texts.
  public struct Panel: Sendable {
    /// The picture, scaled to the panel's width; nil leaves the place empty.
    public var image: Image?

    /// What stands above it.
    public var title: String

    /// What stands below it.
    public var caption: String?

    /// What is drawn on it.
    public var marks: [Mark]

    /// Makes a panel.
    public init(
      image: Image?, title: String = "", caption: String? = nil, marks: [Mark] = []
    ) {
      self.image = image
      self.title = title
      self.caption = caption
      self.marks = marks
    }
  }

  /// A sign on a picture, placed in the picture's own pixels.
  public enum Mark: Hashable, Sendable {
    /// A ring around a place, such as where a map peaks.
    case ring(x: Double, y: Double)

    /// A frame, such as where a thing is known to be.
    case frame(PixelRectangle)
  }

  /// A colormap with numbers beside it.
  public struct Colorbar: Sendable {
    /// What colours the bar.
    public var colormap: Colormap

    /// What the numbers mean, set along the bar.
    public var title: String?

    /// The numbers.
    public var ticks: [Tick]

    /// A text beside a value.
    public struct Tick: Hashable, Sendable {
      /// The place, within the colormap's range.
      public var value: Float

      /// The text.
      public var label: String

      /// Makes a tick.
      public init(value: Float, label: String) {
        self.value = value
        self.label = label
      }
    }

    /// Makes a bar; without ticks of its own it has five numbers.
    public init(colormap: Colormap, title: String? = nil, ticks: [Tick]? = nil) {
      self.colormap = colormap
      self.title = title
      let numbers =
        colormap.isDiverging
        ? ["−1", "−0.5", "0", "0.5", "1"] : ["0", "0.25", "0.5", "0.75", "1"]
      let (low, high) = (colormap.range.lowerBound, colormap.range.upperBound)
      self.ticks =
        ticks
        ?? numbers.enumerated().map { index, label in
          Tick(value: low + (high - low) * Float(index) / 4, label: label)
        }
    }
  }
}
