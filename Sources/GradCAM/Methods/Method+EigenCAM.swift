import Diagnostics
import ONNXGraph

// Methods that show what feature maps have in common.

extension Method {
  /// EigenCAM: the first principal component of the feature maps, whatever the target.
  ///
  ///     X = A as places × channels, centred per channel        X = U Σ Vᵀ        M = X v₁
  ///
  /// Muhammad and Yeasin, "Eigen-CAM: Class Activation Map using Principal Components", IJCNN
  /// 2020, equations 1 and 2.  Of the two signs it takes the one with which M and Σ_k A_k
  /// correlate.
  public static let eigenCAM = Method(
    name: "eigencam", title: "EigenCAM", source: "Muhammad and Yeasin 2020",
    summary: "first principal component of the feature maps, whatever the target",
    usesGradient: false, cost: { _ in .oneForward },
    procedure: .graph { context throws(DiagnosticError) in
      context.mapsOfFeatures { layer in layer.principalComponent(of: layer.activation) }
    })

  /// EigenGradCAM: the first principal component of gradient times feature map.
  ///
  /// As EigenCAM of g ⊙ A, so that the target counts.
  public static let eigenGradCAM = Method(
    name: "eigengradcam", title: "EigenGradCAM", source: "pytorch-grad-cam 2021",
    summary: "first principal component of gradient times feature map",
    procedure: .formula { layer in
      layer.principalComponent(of: layer.gradient * layer.activation)
    })

  /// KPCA-CAM: the first component of the feature maps by kernel principal component analysis.
  ///
  ///     κ(x, y) = tanh(γ ⟨x, y⟩ + 1), γ = 1/K        M = √λ₁ u₁ of the centred kernel matrix
  ///
  /// of places x, y whose channels are centred.  Karmani et al., "KPCA-CAM: Visual
  /// Explainability of Deep Computer Vision Models using Kernel PCA", MMSP 2024, equations 3
  /// through 6, with the sigmoid kernel.  The matrix has a row for each place.
  public static let kpcaCAM = Method(
    name: "kpcacam", title: "KPCA-CAM", source: "Karmani et al. 2024",
    summary: "first component of the feature maps by a sigmoid kernel, whatever the target",
    needs: "a layer of at most \(MethodContext.kernelLimit) places", usesGradient: false,
    cost: { _ in .oneForward },
    procedure: .graph { context throws(DiagnosticError) in
      for layer in context.layers where layer.map.placeCount > MethodContext.kernelLimit {
        throw .tooManyPlaces(layer, limit: MethodContext.kernelLimit, model: context.model)
      }
      return context.mapsOfFeatures { layer in layer.kernelComponent }
    })
}
