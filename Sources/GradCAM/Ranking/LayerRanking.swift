/// How the layers of a model compare as places to explain one photo at.
///
/// ```swift
/// let ranking = try explainer.ranking(of: photo)
/// for row in ranking.layers { print(row.layer.name, row.verdict, row.findings) }
/// ```
public struct LayerRanking: Sendable {
  /// The classes explained with their signs, as of an ``Explanation``.
  public let classes: [ExplainedClass]
  /// The probability of the class explained; nil where the output is a number, or classes at
  /// several places.
  public let probability: Float?
  /// The method that computed the maps.
  public let method: Method
  /// The layers, the best choice first.
  public let layers: [RankedLayer]
  /// What cannot be chosen, and why.
  public let refused: [RefusedLayer]
  /// What a reader must know to not misread any of the maps, in words.
  public let notes: [String]
  /// What made the ranking, as an explanation's.
  public let provenance: [(key: String, value: String)]
}

/// A layer as a place to explain a photo at: its map, its measures, and what they mean.
public struct RankedLayer: Sendable {
  /// The layer.
  public let layer: Layer
  /// Whether it is explained when none is named.
  public let isDefault: Bool
  /// The signed map at the layer's resolution.
  public let rawMap: RawMap
  /// The map made ready to look at: evidence for the target.
  public let heatmap: Heatmap
  /// The share of places where the gradient is not zero, 0 through 1.
  public let gradientShare: Float
  /// The mean magnitude of the gradient over the largest among the layers ranked, 0 through 1.
  public let gradientSize: Float
  /// The share of the map's places with evidence for the target, 0 through 1.
  public let positiveShare: Float
  /// The Gini coefficient of the evidence for the target: 0 where all places have the same,
  /// near 1 where one has it all.
  public let concentration: Float
  /// The correlation of the evidence with the default layer's, −1 through 1; nil where either is
  /// the same everywhere.
  public let agreement: Float?
  /// How good a choice it is.
  public let verdict: LayerVerdict
  /// What is wrong with it, in words; empty for a good choice.
  public let findings: [String]
  /// What orders layers of one verdict, 0 through 1; see ``LayerVerdict``.
  public let score: Float
}

/// A value that cannot be chosen for a layer.
public struct RefusedLayer: Hashable, Sendable {
  /// Its name.
  public let name: String
  /// Why not, in words.
  public let reason: String
}

/// How good a choice a layer is.
///
/// Layers of one verdict stand in the order of their score, the geometric mean of resolution
/// (√(H · W) / 14, at most 1), the root of the share of gradient that is not zero,
/// concentration, and agreement with the default layer.
public enum LayerVerdict: String, CaseIterable, Hashable, Sendable, Comparable {
  /// Nothing speaks against it.
  case good
  /// It shows something, with a reserve.
  case fair
  /// It will mislead.
  case poor
  /// It shows nothing.
  case useless

  /// The better verdict comes first.
  public static func < (a: LayerVerdict, b: LayerVerdict) -> Bool {
    (allCases.firstIndex(of: a) ?? 0) < (allCases.firstIndex(of: b) ?? 0)
  }
}
