import Diagnostics
import ONNXGraph
import ONNXSession

extension Method {
  /// Recipro-CAM: the target's value with the layer's features kept at one place alone.
  ///
  ///     M_ij = y(A ⊙ G_ij)        G_ij: [1 2 1; 2 4 2; 1 2 1] / 16 around (i, j)
  ///
  /// y is computed by the part of the model after the layer.  Where the logits are affine in the
  /// layer, y(A ⊙ G) = y − Σ h + Σ G ⊙ h with h = Σ_k ∂y/∂A_k ⊙ A_k exactly, and one gradient
  /// serves all places.  Tokens beside the grid stay as they are.
  ///
  /// Byun and Lee, "Recipro-CAM: Fast gradient-free visual explanations for convolutional neural
  /// networks", 2022, equation 4.
  public static let reciproCAM = Method(
    name: "reciprocam", title: "Recipro-CAM", source: "Byun and Lee 2022",
    summary: "the target's value with features kept around one place at a time",
    parameters: MethodParameters(batch: 64),
    cost: { question in
      question.isAffineBehind
        ? .oneGradient
        : PassCount(forward: 1, head: question.layer.dropFirst().reduce(1, *))
    },
    procedure: .passes(first: .heads) { passes throws(DiagnosticError) in
      var maps: [[RawMap]] = passes.targets.map { _ in [] }
      var progress = passes.progress(
        of: passes.layers.reduce(0) { $0 + $1.map.placeCount }, "runs of the head")
      for (index, layer) in passes.layers.enumerated() {
        let found = try passes.valuesByPlace(at: index, progress: &progress)
        for (place, map) in found.enumerated() {
          maps[place].append(RawMap(of: layer, values: map, target: 0))
        }
      }
      return maps.map { MethodResult(maps: $0) }
    })
}

extension MethodPasses {
  /// The targets' values with each place kept alone, target by target.
  fileprivate func valuesByPlace(
    at index: Int, progress: inout PassProgress
  ) throws(DiagnosticError) -> [[Float]] {
    let layer = layers[index]
    let sides = Array(layer.map.shape.dropFirst())
    guard !first.gradients.isEmpty else {
      let part = try head(of: layer)
      let shape = first.values[part.start].map { oneImage($0.shape, of: layer) }
      guard let shape, let labels = PlaceLabels.places(of: layer.map, in: shape) else {
        throw .notRunnable(layer.name, model.file.name)
      }
      let series = headSeries(
        layer, part, .keptPlace(labels, of: layer.map), count: layer.map.placeCount)
      return try values(of: series, progress: &progress) { range in
        var changes: [String: Tensor] = [:]
        var step = layer.map.placeCount
        for (name, side) in zip(Change.axisNames.suffix(sides.count), sides) {
          step /= side
          let places = range.map { $0 / step % side }
          changes[name] = Tensor(shape: [range.count], integers: places)
        }
        return changes
      }
    }
    let numbers = try numbers(first.activations[index], of: layer)
    var found: [[Float]] = []
    for (row, target) in targets.enumerated() {
      let gradient = try arranged(first.gradients[index], of: layer, row: row)
      var shares = [Float](repeating: 0, count: numbers.places)
      for (place, product) in zip(gradient, numbers.values).map(*).enumerated() {
        shares[place % numbers.places] += product
      }
      let rest = value(target, logits: first.logits.floats[...]) - shares.reduce(0, +)
      found.append(Self.surrounded(shares, sides).map { rest + $0 })
    }
    try progress.passed(numbers.places)
    return found
  }

  /// A map's sums around each place, weighted by [1 2 1] / 4 along each side.
  private static func surrounded(_ map: [Float], _ sides: [Int]) -> [Float] {
    var map = map
    var step = map.count
    for side in sides {
      step /= side
      let old = map
      for place in old.indices {
        let position = place / step % side
        map[place] = 0.5 * old[place]
        if position > 0 { map[place] += 0.25 * old[place - step] }
        if position < side - 1 { map[place] += 0.25 * old[place + step] }
      }
    }
    return map
  }

  /// The sides of a layer's value for one image, of what a run of the model's batch gave.
  func oneImage(_ shape: [Int], of layer: Layer) -> [Int] {
    var shape = shape
    if shape.indices.contains(layer.map.batchAxis) { shape[layer.map.batchAxis] = 1 }
    return shape
  }
}
