import Diagnostics

extension Method {
  /// The mean gradient at the input over noisy copies of the image.
  ///
  ///     M = 1/n Σ_s ∂y/∂x at x + σ (max x − min x) z_s,   z_s standard normal
  ///
  /// The map: the largest magnitude over the colour channels.
  ///
  /// Smilkov et al., "SmoothGrad: removing noise by adding noise", 2017.
  public static let smoothGrad = Method(
    name: "smoothgrad", title: "SmoothGrad", source: "Smilkov et al. 2017", scope: .input,
    summary: "the mean gradient over noisy copies of the image", needs: Self.floatsIn,
    parameters: Self.noisy, isSigned: false, cost: Self.samplesAndOne,
    procedure: .passes(first: .inputGradient) { passes throws(DiagnosticError) in
      try passes.overNoise { $0.mean(of: $1) }
    })

  /// The variance of the gradient at the input over noisy copies of the image: where it depends on
  /// details.
  ///
  ///     M = 1/n Σ_s g_s² − (1/n Σ_s g_s)²
  ///
  /// Adebayo et al., "Local Explanation Methods for Deep Neural Networks Lack Sensitivity to
  /// Parameter Values", 2018 (VarGrad).
  public static let smoothGradVariance = Method(
    name: "smoothgrad-variance", title: "SmoothGrad variance", source: "Adebayo et al. 2018",
    scope: .input, summary: "the gradient's variance over noisy copies of the image",
    needs: Self.floatsIn, parameters: Self.noisy, isSigned: false, cost: Self.samplesAndOne,
    procedure: .passes(first: .inputGradient) { passes throws(DiagnosticError) in
      try passes.overNoise(squares: true) { $0.variance(of: $1) }
    })

  /// The mean square of the gradient at the input over noisy copies of the image.
  ///
  ///     M = 1/n Σ_s g_s²
  ///
  /// Hooker et al., "A Benchmark for Interpretability Methods in Deep Neural Networks", NeurIPS
  /// 2019 (SmoothGrad-Squared).
  public static let smoothGradSquared = Method(
    name: "smoothgrad-squared", title: "SmoothGrad squared", source: "Hooker et al. 2019",
    scope: .input, summary: "the gradient's mean square over noisy copies of the image",
    needs: Self.floatsIn, parameters: Self.noisy, isSigned: false, cost: Self.samplesAndOne,
    procedure: .passes(first: .inputGradient) { passes throws(DiagnosticError) in
      try passes.overNoise(squares: true) { $0.meanSquare(of: $1) }
    })

  /// 50 copies and 15 %: the paper finds little gain beyond 50, and 10 to 20 % best.
  private static let noisy = MethodParameters(samples: 50, noise: 0.15, seed: 0)

  /// The image itself, which says what is predicted, and the copies.
  private static let samplesAndOne: @Sendable (CostQuestion) -> PassCount = {
    PassCount(gradient: 1 + ($0.parameters.samples ?? 1))
  }
}

extension MethodPasses {
  /// What the gradients over noisy copies come to, for each target; all share the copies.
  fileprivate func overNoise(
    squares: Bool = false, _ finish: (RunningMoments, Int) -> [Float]
  ) throws(DiagnosticError) -> [MethodResult] {
    let count = parameters.samples ?? 1
    let deviation = (parameters.noise ?? 0) * photo.range
    var draws = SeededDraws(seed: parameters.seed ?? 0)
    var moments = targets.map { _ in RunningMoments(count: inputCount, squares: squares) }
    var progress = progress(of: count * targets.count, "gradients")
    try inputGradients(ofImages: count, progress: &progress) { range in
      range.flatMap { _ in photo.noisyValues(deviation, &draws) }
    } take: {
      moments[$0.target].add($0.gradient)
    }
    return moments.map { result(finish($0, count), shown: .largest) }
  }
}
