import Diagnostics
import ONNXGraph

extension Method {
  /// Smooth Grad-CAM++: Grad-CAM++ with the gradient's powers averaged over noisy photos.
  ///
  ///     a_ij = ⟨g²⟩ / (2 ⟨g²⟩ + ⟨g³⟩ Σ_ab A_ab + ε)        w_k = Σ_ij a_ij ReLU(⟨g⟩_ij)
  ///     M = Σ_k w_k A_k
  ///
  /// with the means ⟨·⟩ over x + σ r z, z standard normal and r the range of the photo's numbers,
  /// and A of the photo itself.  Omeiza et al., "Smooth Grad-CAM++: An Enhanced Inference Level
  /// Visualization Technique for Deep Convolutional Neural Network Models", IntelliSys 2019,
  /// equation 9.  The preset torchcam takes the ReLU's gradient and the A that is weighted from
  /// the last noisy photo.
  public static let smoothGradCAMPlusPlus = Method(
    name: "smooth-gradcam++", title: "Smooth Grad-CAM++", source: "Omeiza et al. 2019",
    summary: "Grad-CAM++ with gradients averaged over noisy photos",
    parameters: MethodParameters(samples: 25, noise: 0.15, seed: 0, batch: 8),
    cost: { PassCount(gradient: ($0.parameters.samples ?? 0) + 1) },
    procedure: .passes(first: []) { passes throws(DiagnosticError) in
      var progress = passes.progress(
        of: passes.targets.count * passes.smoothPassCount, "gradients")
      var results: [MethodResult] = []
      for target in passes.targets {
        results.append(MethodResult(maps: try passes.smoothMaps(of: target, &progress)))
      }
      return results
    })

  /// Sums over a run's images of the gradient, its square and its cube, and the first image's
  /// feature maps: [1, 4 K, H, W].
  fileprivate static let powerSums = Method(
    name: "power-sums", title: "Sums of powers", source: "",
    procedure: .formula { layer in
      let g = layer.gradient
      let squares = g * g
      let sums = [g, squares, squares * g].map { $0.sum([0]) }
      let first = layer.activation.sliced(0, from: 0, to: 1)
      return g.builder.concatenated(sums + [first], axis: 1)
    })
}

/// What one layer gives for noisy photos, [K · places] each.
private struct PowerSums {
  var gradient: [Double]
  var square: [Double]
  var cube: [Double]
  var activation: [Float]

  init(_ values: [Float]) {
    let count = values.count / 4
    let parts = (0..<4).map { values[$0 * count..<($0 + 1) * count] }
    (gradient, square, cube) = (
      parts[0].map(Double.init), parts[1].map(Double.init), parts[2].map(Double.init)
    )
    activation = Array(parts[3])
  }

  /// Adds the gradients of more photos.
  mutating func add(_ other: PowerSums) {
    for place in gradient.indices {
      gradient[place] += other.gradient[place]
      square[place] += other.square[place]
      cube[place] += other.cube[place]
    }
  }
}

extension MethodPasses {
  fileprivate var smoothPassCount: Int {
    max(1, parameters.samples ?? 1) + (preset.formulas.smoothEndsNoisy ? 2 : 1)
  }

  /// The map of each layer for one target, whose noise starts from the seed.
  fileprivate func smoothMaps(
    of target: ResolvedTarget, _ progress: inout PassProgress
  ) throws(DiagnosticError) -> [RawMap] {
    let count = max(1, parameters.samples ?? 1)
    let deviation = (parameters.noise ?? 0) * photo.range
    var draws = SeededDraws(seed: parameters.seed ?? 0)
    var last = photo.values
    var sums: [PowerSums] = []
    let original = try powerSums(of: photo.values, count: 1, target, &progress)
    var done = 0
    while done < count {
      let size = min(batch(parameters.batch ?? 8), count - done)
      var values: [Float] = []
      values.reserveCapacity(size * inputCount)
      for _ in 0..<size {
        last = photo.noisyValues(deviation, &draws)
        values += last
      }
      let found = try powerSums(of: values, count: size, target, &progress)
      if sums.isEmpty {
        sums = found
      } else {
        for layer in sums.indices { sums[layer].add(found[layer]) }
      }
      done += size
    }
    let weighted =
      preset.formulas.smoothEndsNoisy
      ? try powerSums(of: last, count: 1, target, &progress) : nil
    return layers.indices.map { layer in
      smoothMap(
        at: layers[layer], sums[layer], count: Double(count), of: original[layer].activation,
        last: weighted?[layer])
    }
  }

  /// One run's sums at each layer.
  private func powerSums(
    of values: [Float], count: Int, _ target: ResolvedTarget, _ progress: inout PassProgress
  ) throws(DiagnosticError) -> [PowerSums] {
    var sums: [PowerSums] = []
    try gradients(
      of: target, ofImages: count, batch: count, by: .powerSums, wants: .maps,
      progress: &progress, make: { _ in values },
      take: { _, results in sums = results.maps.map { PowerSums($0.floats) } })
    return sums
  }

  /// The map of means of powers; `last` holds what torchcam weighs and what it weighs it by.
  private func smoothMap(
    at layer: Layer, _ sums: PowerSums, count: Double, of activation: [Float], last: PowerSums?
  ) -> RawMap {
    let size = layer.map.placeCount
    let epsilon = Double(parameters.epsilon ?? preset.formulas.plusPlusEpsilon)
    var map = [Double](repeating: 0, count: size)
    for channel in 0..<layer.channels {
      let places = channel * size..<(channel + 1) * size
      let own = places.reduce(0) { $0 + Double(activation[$1]) }
      let products = places.reduce(0) { $0 + Double(activation[$1]) * sums.cube[$1] / count }
      var weight = 0.0
      for place in places {
        let square = sums.square[place] / count
        guard square != 0 else { continue }
        let third =
          preset.formulas.plusPlusSumsProducts ? products : own * sums.cube[place] / count
        let slope = last?.gradient[place] ?? sums.gradient[place] / count
        weight += square / (2 * square + third + epsilon) * max(slope, 0)
      }
      let weighted = last?.activation ?? activation
      for place in 0..<size { map[place] += weight * Double(weighted[places.lowerBound + place]) }
    }
    return RawMap(
      width: layer.width, height: layer.height, depth: layer.depth, values: map.map(Float.init))
  }
}
