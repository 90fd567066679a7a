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
    procedure: .formula { layer in
      let axes = layer.spatialAxes
      let epsilon = layer.parameters.epsilon ?? layer.preset.formulas.xEpsilon
      let weights =
        (layer.gradient * layer.activation).sum(axes) / (layer.activation.sum(axes) + epsilon)
      return layer.weighted(by: layer.perChannel(weights))
    })
}
