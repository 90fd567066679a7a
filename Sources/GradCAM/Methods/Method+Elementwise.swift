import ONNXGraph

// Methods that multiply the gradient with the feature maps place by place.

extension Method {
  /// HiResCAM: what each place of each feature map adds to the target, to first order.
  ///
  ///     M = Σ_k g_k ⊙ A_k
  ///
  /// Draelos and Carin, "Use HiResCAM instead of Grad-CAM for faithful explanations of
  /// convolutional neural networks", 2020, equation 5.  It equals Grad-CAM where the head sees
  /// the mean of each map alone.
  public static let hiResCAM = Method(
    name: "hirescam", title: "HiResCAM", source: "Draelos and Carin 2020",
    summary: "gradient times feature map, place by place", sumsChannels: true,
    evenFeatures: { layer in layer.activation },
    procedure: .formula { layer in
      if let even = layer.evenGradient { return layer.weighted(by: even) }
      return layer.summed(layer.gradient * layer.activation)
    })

  /// Element-wise Grad-CAM: the positive products of gradient and feature map.
  ///
  ///     M = Σ_k ReLU(g_k ⊙ A_k)
  ///
  /// Pillai and Pirsiavash, "Explainable Models with Consistent Interpretations", AAAI 2021,
  /// equation 3.
  public static let elementWise = Method(
    name: "elementwise", title: "Element-wise Grad-CAM", source: "Pillai and Pirsiavash 2021",
    summary: "positive products of gradient and feature map", sumsChannels: true,
    procedure: .formula { layer in
      if let even = layer.evenGradient, !layer.isEigenSmoothed {
        // ReLU(g A) is ReLU(g) ReLU(A) + ReLU(−g) ReLU(−A).
        return layer.weighted(by: even.rectified, of: layer.activation.rectified)
          + layer.weighted(by: (-even).rectified, of: (-layer.activation).rectified)
      }
      return layer.summed((layer.gradient * layer.activation).rectified)
    })

  /// LayerCAM: feature maps weighted by the positive gradient, place by place.
  ///
  ///     M = Σ_k ReLU(g_k) ⊙ A_k
  ///
  /// Jiang et al., "LayerCAM: Exploring Hierarchical Class Activation Maps for Localization",
  /// IEEE TIP 2021, equations 5 through 7.  It stays sharp at early layers.
  public static let layerCAM = Method(
    name: "layercam", title: "LayerCAM", source: "Jiang et al. 2021",
    summary: "feature maps weighted by the positive gradient, place by place",
    sumsChannels: true,
    procedure: .formula { layer in
      if let even = layer.evenGradient { return layer.weighted(by: even.rectified) }
      return layer.summed(layer.gradient.rectified * layer.activation)
    })
}
