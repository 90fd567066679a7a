import ONNXGraph

extension Method {
  /// Grad-CAM: feature maps weighted by the mean of their gradient.
  ///
  ///     w_k = 1/Z Σ_ij ∂y/∂A_k,ij        M = Σ_k w_k A_k        L = ReLU(M)
  ///
  /// Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based
  /// Localization", ICCV 2017, equations 1 and 2.
  public static let gradCAM = Method(
    name: "gradcam", title: "Grad-CAM", source: "Selvaraju et al. 2017",
    summary: "feature maps weighted by the mean of their gradient", sumsChannels: true,
    evenFeatures: { layer in layer.activation },
    procedure: .formula { layer in layer.weighted(by: layer.channelMeans) })
}
