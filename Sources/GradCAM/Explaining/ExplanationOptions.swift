/// How an explanation is made.
///
/// ```swift
/// var options = ExplanationOptions(method: .layerCAM)
/// options.shifts = 4
/// let layer = try explainer.model.layer(named: "layer4")
/// let why = try explainer.explanations(
///   of: photo, for: [.predicted], at: [layer], options: options)[0]
/// ```
public struct ExplanationOptions: Hashable, Sendable {
  /// How the map is computed.
  public var method: Method
  /// The conventions followed.
  public var preset: Preset
  /// Which part of the signed map is shown.
  public var evidence: Evidence
  /// How the maps of several layers become one; nil leaves it to the preset.
  public var fusion: Fusion?
  /// Whether maps are averaged over the photo and its mirror image, each also slightly darker and
  /// brighter (test-time augmentation): six times the cost, smoother maps.
  public var isAugmented: Bool
  /// How many steps along each side a cell of the layer is divided into, by explaining shifted
  /// photos: n × n times the cost, n times the resolution.  1 divides nothing.
  public var shifts: Int
  /// How many noisy copies of the photo are explained to see whether the map stays; 0 does not.
  public var stabilityCopies: Int
  /// How many random regions the highlighted one is compared with, to see whether the model needs
  /// it; 0 does not.  See ``Explanation/faithfulness``.
  public var randomRegions: Int
  /// Whether each map is also computed in float32 by ONNX Runtime, and its correlation with that
  /// reported among the ``Explanation/measures``; means something where the explainer runs on
  /// another engine or in another precision.
  public var comparesPrecision: Bool

  /// Makes options.
  ///
  /// - Parameters:
  ///   - method: how the map is computed.
  ///   - preset: whose conventions are followed.
  ///   - evidence: unless given, what the preset shows; ``Evidence/for`` where the method knows no
  ///     signs.
  ///   - fusion: how the maps of several layers become one; nil leaves it to the preset.
  ///   - isAugmented: whether maps are averaged over six versions of the photo.
  ///   - shifts: steps along each side that a cell is divided into; less than 1 counts as 1.
  ///   - stabilityCopies: noisy copies explained beside; less than 0 counts as 0.
  ///   - comparesPrecision: whether each map is compared with float32's on ONNX Runtime.
  ///   - randomRegions: regions that the highlighted one is compared with; 0 does not.
  public init(
    method: Method = .gradCAM, preset: Preset = .paper, evidence: Evidence? = nil,
    fusion: Fusion? = nil, isAugmented: Bool = false, shifts: Int = 1,
    stabilityCopies: Int = 0, randomRegions: Int = 0,
    comparesPrecision: Bool = false
  ) {
    (self.method, self.preset, self.fusion) = (method, preset, fusion)
    self.evidence = evidence ?? (method.isSigned ? preset.evidence : .for)
    (self.isAugmented, self.shifts) = (isAugmented, max(1, shifts))
    self.stabilityCopies = max(0, stabilityCopies)
    self.randomRegions = max(0, randomRegions)
    self.comparesPrecision = comparesPrecision
  }

  /// How the maps of several layers become one: as the method does by itself, as asked for, or as
  /// the preset does.
  public var joinedBy: Fusion { method.fusion ?? fusion ?? preset.fusion }
}
