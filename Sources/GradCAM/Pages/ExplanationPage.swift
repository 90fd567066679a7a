public import Imaging

/// One photo's maps as a page of HTML that needs nothing beside itself.
///
/// A reader fades the map over the photo, picks classes, layers or methods, and reads values off at
/// any place, by mouse, touch or keyboard.  The page loads nothing, and its policy forbids it to.
///
/// ```swift
/// let why = try explainer.explanations(of: photo, for: Target.top(3))
/// try ExplanationPage(of: why, on: photo, title: "dog").write(to: "why.html")
/// ```
public struct ExplanationPage: Sendable {
  /// What the page is called.
  public var title: String

  /// The photo under the maps.
  public var photo: Image

  /// What the reader picks among, such as classes and layers.
  public var pickers: [Picker]

  /// A map for each combination of choices.
  public var maps: [Map]

  /// What must be known of all maps.
  public var notes: [String]

  /// What made the maps.
  public var provenance: [(key: String, value: String)]

  /// How much of the colours is shown at first, 0 through 1.
  public var opacity: Double

  /// Makes a page.
  public init(
    title: String, photo: Image, pickers: [Picker], maps: [Map], notes: [String] = [],
    provenance: [(key: String, value: String)] = [], opacity: Double = 0.5
  ) {
    (self.title, self.photo, self.pickers, self.maps) = (title, photo, pickers, maps)
    (self.notes, self.provenance, self.opacity) = (notes, provenance, opacity)
  }
}

extension ExplanationPage {
  /// Something to pick, such as a class.
  public struct Picker: Hashable, Sendable {
    /// What is picked, in a word.
    public var title: String
    /// What there is to pick.
    public var choices: [String]

    /// Makes a picker.
    public init(title: String, choices: [String]) {
      (self.title, self.choices) = (title, choices)
    }
  }

  /// A map and which choices show it.
  public struct Map: Sendable {
    /// The place of its choice in each picker.
    public var choices: [Int]
    /// The map.
    public var heatmap: Heatmap
    /// What 1 stands for in the signed map; nil where that is not known.
    public var limit: Float?
    /// The colours at first; those that suit the evidence unless given.
    public var colormap: Colormap?
    /// What it is called.
    public var title: String
    /// What the colours tell.
    public var meaning: String
    /// How it was made, in a line.
    public var details: String
    /// What must be known to not misread it.
    public var notes: [String]

    /// Makes a map.
    public init(
      choices: [Int], heatmap: Heatmap, limit: Float? = nil, colormap: Colormap? = nil,
      title: String, meaning: String = "", details: String = "", notes: [String] = []
    ) {
      (self.choices, self.heatmap, self.limit) = (choices, heatmap, limit)
      (self.colormap, self.title, self.meaning) = (colormap, title, meaning)
      (self.details, self.notes) = (details, notes)
    }
  }
}
