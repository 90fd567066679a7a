import Diagnostics
import ONNXGraph
import ONNXSession

extension Method {
  /// Ablation-CAM: feature maps weighted by how much the target loses without them.
  ///
  ///     w_k = (y − y_k) / y        M = Σ_k w_k A_k
  ///
  /// y_k is the target with channel k set to 0, by the part of the model after the layer.  Where
  /// the logits are affine in the layer, as behind global pooling and a linear layer,
  /// y − y_k = Σ_ij ∂y/∂A_k,ij · A_k,ij exactly, and one gradient serves all channels.
  ///
  /// Of tokens a channel is ablated in all of them, those beside the grid included.
  ///
  /// Desai and Ramaswamy, "Ablation-CAM: Visual Explanations for Deep Convolutional Network via
  /// Gradient-free Localization", WACV 2020, equations 3 and 4.
  public static let ablationCAM = Method(
    name: "ablationcam", title: "Ablation-CAM", source: "Desai and Ramaswamy 2020",
    summary: "feature maps weighted by what the target loses without them",
    parameters: MethodParameters(batch: 64),
    cost: { question in
      question.isAffineBehind
        ? .oneGradient : PassCount(forward: 1, head: question.layer.first ?? 0)
    },
    procedure: .passes(first: .heads) { passes throws(DiagnosticError) in
      var maps: [[RawMap]] = passes.targets.map { _ in [] }
      var progress = passes.progress(
        of: passes.layers.reduce(0) { $0 + $1.channels }, "runs of the head")
      for (index, layer) in passes.layers.enumerated() {
        let (numbers, drops) = try passes.drops(at: index, progress: &progress)
        for (place, target) in passes.targets.enumerated() {
          let y = passes.value(target, logits: passes.first.logits.floats[...])
          let map = numbers.weighted(by: drops[place].map { $0 / y })
          maps[place].append(RawMap(of: layer, values: map, target: 0))
        }
      }
      return maps.map { MethodResult(maps: $0) }
    })
}

extension MethodPasses {
  /// A layer's numbers, and y − y_k for each target and channel.
  fileprivate func drops(
    at index: Int, progress: inout PassProgress
  ) throws(DiagnosticError) -> (LayerNumbers, [[Float]]) {
    let layer = layers[index]
    guard !first.gradients.isEmpty else { return try runDrops(of: layer, progress: &progress) }
    let activation = first.activations[index]
    let numbers = try numbers(activation, of: layer)
    let shape = sides(of: layer, activation)
    guard let labels = PlaceLabels.channels(of: layer.map, in: shape)?.spread(to: shape) else {
      throw .notRunnable(layer.name, model.file.name)
    }
    let all = activation.floats
    let values = ablations(numbers, whole: all)
    let gradients = first.gradients[index].floats
    var drops: [[Float]] = []
    for row in targets.indices {
      var sums = [Float](repeating: 0, count: numbers.channels)
      for (place, channel) in labels.enumerated() where channel >= 0 {
        sums[channel] += gradients[row * labels.count + place] * (all[place] - values[channel])
      }
      drops.append(sums)
    }
    try progress.passed(numbers.channels)
    return (numbers, drops)
  }

  /// The same by runs of the part of the model after the layer.
  private func runDrops(
    of layer: Layer, progress: inout PassProgress
  ) throws(DiagnosticError) -> (LayerNumbers, [[Float]]) {
    let part = try head(of: layer)
    guard let start = first.values[part.start] else {
      throw .notRunnable(layer.name, model.file.name)
    }
    let shape = oneImage(start.shape, of: layer)
    guard let labels = PlaceLabels.channels(of: layer.map, in: shape),
      let positions = layer.map.positions(in: shape)
    else { throw .notRunnable(layer.name, model.file.name) }
    let all = start.floats
    let numbers = LayerNumbers(
      values: positions.map { all[$0] }, channels: layer.channels, places: layer.map.placeCount)
    let values = ablations(numbers, whole: all, isNarrow: start.elementType == .float16)
    let toZero = values.allSatisfy { $0 == 0 }
    let change = Change.ablatedChannel(labels, batchAxis: layer.map.batchAxis, toZero: toZero)
    let found = try self.values(
      of: headSeries(layer, part, change, count: numbers.channels), progress: &progress
    ) { range in
      var changes = ["channels": Tensor(shape: [range.count], integers: Array(range))]
      if !toZero { changes["values"] = Tensor(shape: [range.count], floats: Array(values[range])) }
      return changes
    }
    let logits = first.logits.floats[...]
    let drops = zip(targets, found).map { target, found in
      let y = value(target, logits: logits)
      return found.map { y - $0 }
    }
    return (numbers, drops)
  }

  /// What each channel is set to: 0, or by the preset far below the smallest number.
  ///
  /// pytorch-grad-cam takes the smallest number of a batch of 32 copies of which some are ablated
  /// already, so that it sinks by 10⁷ from copy to copy.
  private func ablations(
    _ numbers: LayerNumbers, whole: [Float], isNarrow: Bool = false
  ) -> [Float] {
    let smallest = whole.min() ?? 0
    guard preset.formulas.ablatesBelowSmallest, smallest != 0 else {
      return [Float](repeating: 0, count: numbers.channels)
    }
    // float16 ends at 65504.
    let depth: Float = isNarrow ? 1000 : 1e7
    var value = smallest
    return (0..<numbers.channels).map { channel in
      value = (channel % 32 == 0 ? smallest : value) - depth
      return value
    }
  }
}
