import Diagnostics

extension Method {
  /// Expected gradients: at random places between a baseline x' and noisy copies of the image, times
  /// the way there.
  ///
  ///     M = 1/n Σ_s (x_s − x') ⊙ ∂y/∂x at x' + u_s (x_s − x'),
  ///     x_s = x + σ (max x − min x) z_s,   z_s standard normal, u_s even in 0 … 1
  ///
  /// The map: the sum over the colour channels.
  ///
  /// Lundberg and Lee, "A Unified Approach to Interpreting Model Predictions", NeurIPS 2017; the
  /// form is that of Erion et al. 2021.
  public static let gradientSHAP = Method(
    name: "gradient-shap", title: "Gradient SHAP", source: "Lundberg and Lee 2017", scope: .input,
    summary: "the gradient at random places between a baseline and the image, times the way",
    needs: Self.floatsIn,
    parameters: MethodParameters(samples: 50, noise: 0, seed: 0, baseline: .zero),
    cost: { PassCount(gradient: 1 + ($0.parameters.samples ?? 1)) },
    procedure: .passes(first: .inputGradient) { passes throws(DiagnosticError) in
      try passes.expectedGradients()
    })
}

extension MethodPasses {
  /// Gradient SHAP of each target; all share the draws.
  fileprivate func expectedGradients() throws(DiagnosticError) -> [MethodResult] {
    let count = parameters.samples ?? 1
    let start = baselineNumbers
    let deviation = (parameters.noise ?? 0) * photo.range
    var draws = SeededDraws(seed: parameters.seed ?? 0)
    var ways: [Int: [Float]] = [:]
    var moments = targets.map { _ in RunningMoments(count: inputCount) }
    var progress = progress(of: count * targets.count, "gradients")
    try inputGradients(ofImages: count, progress: &progress) { range in
      ways = [:]
      return range.flatMap { sample -> [Float] in
        let copy = photo.noisyValues(deviation, &draws)
        let share = Float(draws.uniform())
        let way = zip(copy, start).map { $0 - $1 }
        ways[sample] = way
        return start.indices.map { start[$0] + share * way[$0] }
      }
    } take: { found in
      let way = ways[found.image] ?? []
      moments[found.target].add(zip(way, found.gradient).map { $0 * $1 }[...])
    }
    return moments.map { result($0.mean(of: count), shown: .sum) }
  }
}
