/// What was found on one photo: what the journal keeps of it.
struct PhotoRecord: Codable, Hashable, Sendable {
  /// The photo's file.
  let file: String
  /// The class that the model finds most probable; nil where there is none.
  var said: Int?
  /// The classes over probability 0.5, where each stands for itself.
  var holding: [Int] = []
  /// What was found for each class looked at.
  var cases: [Case] = []
  /// Why nothing was found.
  var failure: String?

  /// One class on the photo.
  struct Case: Codable, Hashable, Sendable {
    /// The class explained.
    let classIndex: Int
    /// What the annotations call it.
    let title: String
    let probability: Double?
    /// Its place in the order of probability, 1 for the predicted.
    let rank: Int?
    /// Whether the photo's middle belongs to it; nil where its place is not told.
    let holdsCenter: Bool?
    /// The share of the photo that it covers.
    let area: Double?
    /// The share of what the model sees that each region covers; nil where there is no such region on it.
    let regionAreas: [Double?]
    /// One for each way to make a map.
    let maps: [Map]
  }

  /// One map.
  struct Map: Codable, Hashable, Sendable {
    /// One for each metric; nil where it has none.
    let values: [Double?]
    /// The curves of metrics that have some, by the metric's place.
    let curves: [Int: [Double]]
    /// The share of evidence on each region.
    let regions: [Double?]
    /// The map, small enough to be kept.
    let sketch: MapSketch
  }
}
