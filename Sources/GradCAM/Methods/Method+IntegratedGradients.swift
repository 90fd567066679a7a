import Diagnostics

extension Method {
  /// The gradient at the input, averaged along the straight path from a baseline x' to the image,
  /// times the way.
  ///
  ///     M = (x − x') ⊙ Σ_i w_i ∂y/∂x at x' + α_i (x − x')        the map: the sum over colours
  ///
  /// The exact integral is complete: Σ M = y(x) − y(x').  How far n points miss that is the
  /// `residual`, Σ M − (y(x) − y(x')); `difference` is y(x) − y(x').  Points are midpoints,
  /// α_i = (i − ½) / n with equal weights, which never lie at the ends; under the preset `captum`
  /// those of Gauss–Legendre.
  ///
  /// Sundararajan, Taly and Yan, "Axiomatic Attribution for Deep Networks", ICML 2017, equation 3.
  public static let integratedGradients = Method(
    name: "integrated-gradients", title: "Integrated Gradients",
    source: "Sundararajan et al. 2017", scope: .input,
    summary: "the gradient along the way from a baseline to the image, times the way",
    needs: Self.floatsIn, parameters: MethodParameters(steps: 50, baseline: .zero),
    cost: { PassCount(gradient: 2 + ($0.parameters.steps ?? 1)) },
    procedure: .passes(first: .inputGradient) { passes throws(DiagnosticError) in
      try passes.alongPath()
    })

  /// The share of y(x) − y(x') from which on a residual is worth a note.
  static let residualLimit = 0.05
}

extension MethodPasses {
  /// Integrated Gradients of each target.
  fileprivate func alongPath() throws(DiagnosticError) -> [MethodResult] {
    let steps = max(1, parameters.steps ?? 1)
    let path =
      preset.followsGauss ? PathQuadrature(gaussLegendre: steps) : .init(midpoints: steps)
    let start = baselineNumbers
    let way = zip(photo.values, start).map { $0 - $1 }
    var moments = targets.map { _ in RunningMoments(count: inputCount) }
    var atStart = [Float](repeating: 0, count: targets.count)
    var progress = progress(of: (steps + 1) * targets.count, "gradients")
    // The baseline itself runs last, for its logits.
    try inputGradients(ofImages: steps + 1, progress: &progress) { range in
      range.flatMap { step -> [Float] in
        guard step < steps else { return start }
        let place = Float(path.points[step])
        return start.indices.map { start[$0] + place * way[$0] }
      }
    } take: { found in
      if found.image < steps {
        moments[found.target].add(found.gradient, weight: path.weights[found.image])
      } else {
        atStart[found.target] = value(targets[found.target], logits: found.logits)
      }
    }
    let logits = first.logits.floats[...]
    return targets.indices.map { place in
      let attribution = zip(way, moments[place].total).map { Float(Double($0) * $1) }
      let difference = Double(value(targets[place], logits: logits)) - Double(atStart[place])
      return complete(attribution, difference: difference)
    }
  }

  /// A result with how far its sum misses what it should be.
  private func complete(_ attribution: [Float], difference: Double) -> MethodResult {
    let sum = attribution.reduce(0) { $0 + Double($1) }
    let residual = sum - difference
    var notes: [String] = []
    if abs(residual) > Method.residualLimit * abs(difference) {
      notes.append(
        "the values add up to \(rounded(sum)), but from the baseline to the image the target changes "
          + "by \(rounded(difference)): more steps come closer")
    }
    return result(
      attribution, shown: .sum,
      measures: [("residual", residual), ("difference", difference)], notes: notes)
  }

  /// A number with four digits or so, for reading.
  private func rounded(_ value: Double) -> String {
    "\(abs(value) < 100 ? (value * 1e3).rounded() / 1e3 : (value * 10).rounded() / 10)"
  }
}
