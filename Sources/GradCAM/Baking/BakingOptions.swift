/// What a baked model's heatmap is like.
public struct BakingOptions: Hashable, Sendable {
  /// Which part of the signed map is shown.
  public var evidence: Evidence
  /// How the maps of several layers become one; nil leaves it to the preset `paper`.
  public var fusion: Fusion?
  /// Rows and columns of the heatmap.
  public var size: Size
  /// The numbers of the heatmap.
  public var values: Values

  /// Makes options.
  public init(
    evidence: Evidence = .for, fusion: Fusion? = nil, size: Size = .layer,
    values: Values = .normalized
  ) {
    (self.evidence, self.fusion, self.size, self.values) = (evidence, fusion, size, values)
  }

  /// Rows and columns of a heatmap.
  public enum Size: Hashable, Sendable {
    /// As many as the layer has; of several layers the most of them.
    case layer
    /// As many as the model's input has.
    case input
    /// So many.
    case pixels(ImageSize)
  }

  /// The numbers of a heatmap.
  public enum Values: String, CaseIterable, Hashable, Sendable {
    /// 0 through 1, or −1 through 1 where evidence is both, as ``Explanation/heatmap``.
    case normalized
    /// The signed map as the method has it, as ``Explanation/rawMap``.
    case raw
    /// The normalised numbers as bytes: 255 times, rounded; where evidence is both, zero is 128.
    case bytes
  }
}

extension BakingOptions.Size: CustomStringConvertible {
  /// `layer`, `input` or rows × columns such as `224x160`.
  public var description: String {
    switch self {
    case .layer: "layer"
    case .input: "input"
    case .pixels(let size): "\(size.height)x\(size.width)"
    }
  }
}
