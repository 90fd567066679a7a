extension RankedLayer {
  /// What is measured of a layer before anything is said of it.
  struct Measures {
    let layer: Layer
    let isDefault: Bool
    let rawMap: RawMap
    let heatmap: Heatmap
    let gradientShare: Float
    let gradientSize: Float
    let agreement: Float?
    /// The size of the image the model takes.
    let imageSize: ImageSize
  }

  /// Judges a layer by its measures.
  init(_ measures: Measures) {
    layer = measures.layer
    isDefault = measures.isDefault
    rawMap = measures.rawMap
    heatmap = measures.heatmap
    gradientShare = measures.gradientShare
    gradientSize = measures.gradientSize
    agreement = measures.agreement
    let positive = rawMap.values.map { max($0, 0) }
    positiveShare = MapStatistics.positiveShare(rawMap.values)
    concentration = MapStatistics.gini(positive)
    let complaints = Self.complaints(measures, positiveShare)
    findings = complaints.map(\.words)
    verdict = complaints.map(\.verdict).max() ?? .good
    let places = Double(layer.height * layer.width)
    let factors = [
      min(1, Float(places.squareRoot()) / 14), gradientShare.squareRoot(), concentration,
      max(0, agreement ?? 0),
    ]
    score = factors.reduce(1, *).squareRoot().squareRoot()
  }

  private typealias Complaint = (verdict: LayerVerdict, words: String)

  /// What is wrong with a layer; where nothing can be seen, only why.
  private static func complaints(_ m: Measures, _ positiveShare: Float) -> [Complaint] {
    if m.gradientShare == 0 {
      let isToken = m.layer.order == .tokens || m.layer.prefixTokens > 0
      return [
        (
          .useless,
          isToken
            ? "no gradient: after the last attention the logits read only the class token"
            : "no gradient: nothing here moves the class"
        )
      ]
    }
    if m.rawMap.values.allSatisfy({ $0 <= 0 }) {
      return [
        (
          .useless,
          "no evidence for the class: the map is negative everywhere; 'against' shows it"
        )
      ]
    }
    if MapStatistics.spread(m.rawMap.values) < 0.05 {
      return [(.poor, "almost flat: the map says nothing about where")]
    }
    var found: [Complaint] = []
    if m.gradientShare < 0.1 {
      found.append(
        (.poor, "little gradient: it is zero at all but \(percent(m.gradientShare)) of the places"))
    }
    let (height, width) = (m.layer.height, m.layer.width)
    if height * width < 16 {
      found.append((.poor, "too coarse: \(height)×\(width) places for the whole photo"))
    } else if height * width < 36 {
      found.append((.fair, "coarse: \(height)×\(width) places for the whole photo"))
    }
    let isEarly = 8 * height > m.imageSize.height && 8 * width > m.imageSize.width
    if !m.isDefault, isEarly, (m.agreement ?? 0) < 0.7 {
      found.append(
        (
          .poor,
          "too early: edges and textures, not yet parts of the class"
        ))
    } else if !m.isDefault, let agreement = m.agreement, agreement < 0.3 {
      found.append((.fair, "shows other places than the default layer"))
    }
    if positiveShare < 0.05 {
      found.append((.fair, "little evidence for the class: \(percent(positiveShare)) of the map"))
    }
    return found
  }

  /// A share in percent, with one digit where it is small.
  static func percent(_ share: Float) -> String {
    let tenths = Int((share * 1000).rounded())
    return share < 0.1 ? "\(tenths / 10).\(tenths % 10)%" : "\((tenths + 5) / 10)%"
  }
}
