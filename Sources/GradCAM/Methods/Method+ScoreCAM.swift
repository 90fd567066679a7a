import Diagnostics
import ONNXSession

extension Method {
  /// Score-CAM: feature maps weighted by the target's value for the photo seen through them.
  ///
  ///     U_k = A_k enlarged, from 0 through 1        w = softmax_k y(x ⊙ U_k)        M = Σ_k w_k A_k
  ///
  /// Maps that are the same everywhere hide the whole photo, and share one pass.
  ///
  /// Wang et al., "Score-CAM: Score-Weighted Visual Explanations for Convolutional Neural
  /// Networks", CVPR Workshops 2020, equations 3 through 6.
  public static let scoreCAM = Method(
    name: "scorecam", title: "Score-CAM", source: "Wang et al. 2020",
    summary: "feature maps weighted by the target's value for the photo seen through them",
    parameters: MethodParameters(batch: 16),
    cost: { PassCount(forward: 1 + ($0.layer.first ?? 0)) },
    procedure: .passes(first: .activations) { passes throws(DiagnosticError) in
      try passes.weightedByScores(strengths: [1])
    })

  /// SS-CAM: Score-CAM with the mean over masks with noise.
  ///
  ///     w = softmax_k 1/n Σ_s y(x ⊙ (U_k + σ z_s))
  ///
  /// Wang et al., "SS-CAM: Smoothed Score-CAM for Sharper Visual Feature Localization", 2020,
  /// equation 5.
  public static let smoothedScoreCAM = Method(
    name: "sscam", title: "SS-CAM", source: "Wang et al. 2020",
    summary: "Score-CAM averaged over masks with noise",
    parameters: MethodParameters(samples: 35, noise: 2, seed: 0, batch: 16),
    cost: { PassCount(forward: 1 + ($0.parameters.samples ?? 35) * ($0.layer.first ?? 0)) },
    procedure: .passes(first: .activations) { passes throws(DiagnosticError) in
      try passes.weightedByScores(
        strengths: Array(repeating: 1, count: max(1, passes.parameters.samples ?? 35)),
        noise: passes.parameters.noise ?? 2)
    })

  /// IS-CAM: Score-CAM with the mean over masks of growing strength.
  ///
  ///     w = softmax_k 1/n Σ_i y(x ⊙ i/n U_k)
  ///
  /// Naidu et al., "IS-CAM: Integrated Score-CAM for axiomatic-based explanations", 2020,
  /// equation 7.
  public static let integratedScoreCAM = Method(
    name: "iscam", title: "IS-CAM", source: "Naidu et al. 2020",
    summary: "Score-CAM averaged over masks of growing strength",
    parameters: MethodParameters(samples: 10, batch: 16),
    cost: { PassCount(forward: 1 + ($0.parameters.samples ?? 10) * ($0.layer.first ?? 0)) },
    procedure: .passes(first: .activations) { passes throws(DiagnosticError) in
      try passes.weightedByScores(
        strengths: passes.preset.formulas.strengths(max(1, passes.parameters.samples ?? 10)))
    })
}

extension MethodPasses {
  /// The maps Σ_k w_k A_k with w the softmax of mean values.
  ///
  /// - Parameters:
  ///   - strengths: the factors of the masks, over which the mean is taken.
  ///   - noise: the standard deviation of what is added to masks; none where it is 0.
  fileprivate func weightedByScores(
    strengths: [Float], noise: Float = 0
  ) throws(DiagnosticError) -> [MethodResult] {
    var layerNumbers: [LayerNumbers] = []
    for (layer, activation) in zip(layers, first.activations) {
      layerNumbers.append(try numbers(activation, of: layer))
    }
    let plans = layerNumbers.map { MaskPlan($0, strengths: strengths, isNoisy: noise != 0) }
    var progress = progress(of: plans.reduce(0) { $0 + $1.masks.count }, "masked photos")
    var maps: [[RawMap]] = targets.map { _ in [] }
    for (layer, (numbers, plan)) in zip(layers, zip(layerNumbers, plans)) {
      let values = try values(of: layer, numbers, plan, noise: noise, progress: &progress)
      for (place, values) in values.enumerated() {
        let means = plan.means(values)
        let largest = means.max() ?? 0
        let shares = means.map { exponential($0 - largest) }
        let total = shares.reduce(0, +)
        let map = numbers.weighted(by: shares.map { $0 / total })
        maps[place].append(RawMap(of: layer, values: map, target: 0))
      }
    }
    return maps.map { MethodResult(maps: $0) }
  }

  private func values(
    of layer: Layer, _ numbers: LayerNumbers, _ plan: MaskPlan, noise: Float,
    progress: inout PassProgress
  ) throws(DiagnosticError) -> [[Float]] {
    var enlarging = preset.formulas.enlarging
    enlarging.isNoisy = noise != 0
    let sides = Array(layer.map.shape.dropFirst())
    let image =
      [model.input.depth].compactMap(\.self)
      + [model.input.size.height, model.input.size.width]
    // A picture's layer of slices of one, or the other way round, has masks of its own sides.
    guard sides.count == image.count else { throw .notRunnable(layer.name, model.file.name) }
    let size = image.reduce(1, *)
    var draws = SeededDraws(seed: parameters.seed ?? 0)
    let series = try photoSeries(
      .maskedByMap(sides, channels: numbers.channels, enlarging),
      fixed: ["maps": Tensor(shape: [numbers.channels] + sides, floats: numbers.values)],
      count: plan.masks.count)
    return try values(of: series, progress: &progress) { range in
      let masks = plan.masks[range]
      var changes = [
        "channels": Tensor(shape: [range.count], integers: masks.map(\.channel)),
        "factors": Tensor(shape: [range.count], floats: masks.map(\.factor)),
      ]
      if enlarging.isNoisy {
        let drawn = draws.normals(range.count * size).map { $0 * noise }
        changes["noise"] = Tensor(shape: [range.count] + image, floats: drawn)
      }
      return changes
    }
  }
}

/// Which masks run for which channels.
private struct MaskPlan {
  /// A channel's map with a factor.
  struct Mask {
    let channel: Int
    let factor: Float
  }

  /// The masks that run, in the order of draws: all channels of the first strength, then of the
  /// next.
  private(set) var masks: [Mask] = []
  /// For each channel the masks whose values its mean is of.
  private var parts: [[Int]]

  init(_ numbers: LayerNumbers, strengths: [Float], isNoisy: Bool) {
    parts = Array(repeating: [], count: numbers.channels)
    let varied = numbers.varied
    var hidden: Int?
    for strength in strengths {
      for channel in 0..<numbers.channels {
        let isEven = !varied[channel]
        if isEven, !isNoisy, let hidden {
          parts[channel].append(hidden)
          continue
        }
        if isEven { hidden = masks.count }
        parts[channel].append(masks.count)
        masks.append(Mask(channel: channel, factor: isEven ? 0 : strength))
      }
    }
  }

  /// The mean of the values of each channel's masks.
  func means(_ values: [Float]) -> [Float] {
    parts.map { parts in parts.reduce(0) { $0 + values[$1] } / Float(max(1, parts.count)) }
  }
}
