/// What was found when a baked model was verified.
public struct BakedCheck: Hashable, Sendable {
  /// How many images were run at once: 1 and 3, or as many as the model fixes.
  public let batches: [Int]
  /// The outputs that were compared with the plain model's.
  public let outputs: [String]
  /// Whether they are the same to the bit as the runtime runs both models.  If not, they are as both
  /// models are written, and the runtime rewrites one otherwise than the other.
  public let isIdentical: Bool
  /// The largest difference between them.
  public let outputDifference: Float
  /// The largest difference between the heatmap and the library's: as a share of the map's largest
  /// magnitude for a raw map, in levels for one of bytes.
  public let heatmapDifference: Float
}
