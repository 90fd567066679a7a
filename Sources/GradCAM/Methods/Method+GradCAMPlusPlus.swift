import ONNXGraph

extension Method {
  /// Grad-CAM++: the positive gradient, weighted by how much each place counts.
  ///
  ///     a_ij = g_ij² / (2 g_ij² + g_ij³ Σ_ab A_ab + ε)        w_k = Σ_ij a_ij ReLU(g_ij)
  ///     M = Σ_k w_k A_k
  ///
  /// with a_ij = 0 where g_ij = 0.  Chattopadhay et al., "Grad-CAM++: Generalized Gradient-based
  /// Visual Explanations for Deep Convolutional Networks", WACV 2018, equations 10 and 19.  The
  /// preset says what ε is, and whether g³ A is summed in place of A; with a pooled head g² is near
  /// 10⁻⁷, so that both matter.
  public static let gradCAMPlusPlus = Method(
    name: "gradcam++", title: "Grad-CAM++", source: "Chattopadhay et al. 2018",
    summary: "positive gradients, weighted by how much each place counts", sumsChannels: true,
    procedure: .formula { layer in layer.plusPlus })
}

extension MethodContext {
  /// The map of Grad-CAM++.
  var plusPlus: Term {
    // Where it is the same at all places, one stands for all, and counts as often.
    let g = evenGradient?.reshaped([-1, channels] + sides.map { _ in 1 }) ?? gradient
    let count = evenGradient == nil ? 1 : Float(placeCount)
    let squares = g * g
    let cubes = squares * g
    let sums =
      preset.formulas.plusPlusSumsProducts
      ? (activation * cubes).sum(spatialAxes) : activation.sum(spatialAxes) * cubes
    let epsilon = parameters.epsilon ?? preset.formulas.plusPlusEpsilon
    // g = 0 gives 0 / ε, or 0 / 1 where ε is 0 too.
    let shares = squares / (2 * squares + sums + epsilon).withoutZeros
    return weighted(by: perChannel((shares * g.rectified).sum(spatialAxes) * count))
  }
}
