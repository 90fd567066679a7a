import ONNXGraph

extension Method {
  /// XGrad-CAM: the gradient averaged by the share of each place in its feature map.
  ///
  ///     w_k = Σ_ij g_ij A_ij / (Σ_ij A_ij + ε)        M = Σ_k w_k A_k
  ///
  /// Fu et al., "Axiom-based Grad-CAM: Towards Accurate Visualization and Explanation of CNNs",
  /// BMVC 2020, equation 8; ε is the preset's.
  public static let xGradCAM = Method(
    name: "xgradcam", title: "XGrad-CAM", source: "Fu et al. 2020",
    summary: "gradients averaged by the share of each place in its feature map",
    sumsChannels: true,
    evenFeatures: { layer in layer.activation * layer.shares },
    procedure: .formula { layer in
      if let even = layer.evenGradient {
        return layer.weighted(by: even, of: layer.activation * layer.shares)
      }
      let weights =
        (layer.gradient * layer.activation).sum(layer.spatialAxes) / (layer.sums + layer.small)
      return layer.weighted(by: layer.perChannel(weights))
    })
}

extension MethodContext {
  /// Σ_ij A_ij, [N, K, 1, 1].
  fileprivate var sums: Term { activation.sum(spatialAxes) }
  fileprivate var small: Float { parameters.epsilon ?? preset.formulas.xEpsilon }
  /// What w_k is of a gradient that is the same at all places: Σ_ij A_ij / (Σ_ij A_ij + ε).
  fileprivate var shares: Term { sums / (sums + small) }
}
