import ONNXSession

/// What a reader must know to not misread a map: the limits of the method that apply to it, in
/// words.
enum Limits {
  /// A probability above this says that the choice was not narrow.
  static let saturation: Float = 0.999
  /// Maps of two targets that correlate more than this show the same places.
  static let overlap = 0.8
  /// A grid with fewer cells along a side is coarse.
  static let coarseGrid = 16
  /// A cell with fewer pixels of the model's image along a side is fine enough.
  static let coarseCell = 8
  /// The border holds more than this share of a map that it dominates.
  static let borderShare = 0.5
  /// What the note about a coarse map begins with.
  static let coarsenessPrefix = "the map is coarse:"
  /// Below this correlation a map is unstable.
  static let stability = 0.5
  /// The correlation with float32 below which a map is no longer the same picture.
  static let precision = 0.95
}

extension Explanation {
  /// Whether a note is true of every photo that is explained at the layer.
  package static func isAboutLayer(_ note: String) -> Bool {
    note.hasPrefix(Limits.coarsenessPrefix)
  }
}

// MARK: - One map

extension Limits {
  /// Cells so large that edges of regions mean little.
  ///
  /// - Parameter image: the size of the model's image, in whose pixels cells are measured.
  static func coarseness(_ heatmap: Heatmap, of image: ImageSize) -> String? {
    let (width, height) = (
      image.width / max(heatmap.width, 1), image.height / max(heatmap.height, 1)
    )
    guard min(heatmap.width, heatmap.height) < coarseGrid, min(width, height) >= coarseCell else {
      return nil
    }
    return "\(coarsenessPrefix) each of its \(heatmap.width) × \(heatmap.height) cells is "
      + "\(width) × \(height) of the model's \(image.width) × \(image.height) pixels, and no edge "
      + "is finer than that"
  }

  /// A probability so high that it hides how narrow the choice was.
  static func saturation(_ probability: Float?, classCount: Int) -> String? {
    guard let probability, probability > saturation, classCount > 1 else { return nil }
    return "the probability is saturated (more than 0.999): the map shows what made the logit, not "
      + "how narrow the choice was; a map of this class rather than another says more"
  }

  /// A map whose weight lies at its border, where padding acts.
  static func border(_ heatmap: Heatmap) -> String? {
    let (width, height) = (heatmap.width, heatmap.height)
    guard min(width, height) >= 5 else { return nil }
    var total = 0.0, border = 0.0
    for row in 0..<height {
      for column in 0..<width {
        let value = Double(abs(heatmap.values[row * width + column]))
        total += value
        if row == 0 || column == 0 || row == height - 1 || column == width - 1 { border += value }
      }
    }
    let cells = Double(2 * (width + height) - 4) / Double(width * height)
    guard total > 0, border / total > max(borderShare, 1.25 * cells) else { return nil }
    return "\(Int((100 * border / total).rounded())) % of the map lies in its outermost cells, "
      + "where padding acts: look at another layer, or at a photo with more around the object"
  }

  /// A map that a reduced precision has changed: as measured on this photo, or else on the first.
  static func imprecision(
    _ first: Agreement?, _ measures: [(name: String, value: Double)]
  ) -> [String] {
    let measured = measures.first { $0.name == Explanation.Measure.precisionAgreement }?.value
    guard let correlation = measured ?? first?.correlation, correlation < precision else {
      return []
    }
    let hundredths = Int((100 * correlation).rounded())
    let what = measured == nil ? "maps of the first photo correlate" : "the map correlates"
    return ["\(what) by \(hundredths) % only with float32: '--precision f32' is exact"]
  }

  /// A map that changes when the photo hardly does.
  static func instability(_ measures: [(name: String, value: Double)]) -> [String] {
    measures.compactMap { measure in
      let cause: String
      switch measure.name {
      case Explanation.Measure.noiseStability: cause = "under small noise"
      case Explanation.Measure.signStability:
        cause = "when each pixel moves by 2 of 255 levels against the target"
      default: return nil
      }
      guard measure.value < stability else { return nil }
      let hundredths = Int((100 * measure.value).rounded())
      return "the map is unstable \(cause): it correlates with itself by \(hundredths) % only"
    }
  }
}

// MARK: - Several maps

extension Limits {
  /// Targets whose maps show the same places.
  static func overlaps(_ heatmaps: [Heatmap], names: [String]) -> [[String]] {
    var notes = [[String]](repeating: [], count: heatmaps.count)
    // Once each, not once a pair: a hundred targets are five thousand pairs.
    let maps = heatmaps.map { MapStatistics.centred($0.values.map(Double.init)) }
    for first in heatmaps.indices {
      for second in heatmaps.indices where second > first && names[first] != names[second] {
        guard let found = MapStatistics.cosine(maps[first], maps[second], longerThan: 0),
          found > overlap
        else { continue }
        let hundredths = Int((100 * min(found, 1)).rounded())
        notes[first].append(note(names[second], hundredths))
        notes[second].append(note(names[first], hundredths))
      }
    }
    return notes
  }

  private static func note(_ other: String, _ hundredths: Int) -> String {
    "the map overlaps that of \(other) (correlation \(hundredths) %): shared or spurious evidence; "
      + "what speaks for one rather than the other tells them apart"
  }
}
