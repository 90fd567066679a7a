import Diagnostics
import ONNXGraph

extension Method {
  /// CAM: feature maps weighted by the weights of a linear head behind their means.
  ///
  ///     y_c = Σ_k W_ck mean(A_k) + b        M = Σ_k W_ck A_k
  ///
  /// Zhou et al., "Learning Deep Features for Discriminative Localization", CVPR 2016, equation 2.
  /// The weights of all linear layers behind the mean together are Z times the gradient, so that
  /// M is Z times Grad-CAM's map, Z being the number of places.
  public static let cam = Method(
    name: "cam", title: "CAM", source: "Zhou et al. 2016",
    summary: "feature maps weighted by the weights of a linear head",
    needs: "a mean over each feature map, then linear layers alone", sumsChannels: true,
    evenFeatures: { layer in layer.activation * Float(layer.placeCount) },
    procedure: .graph { context throws(DiagnosticError) in
      for layer in context.layers {
        if let reason = MeanHead(layer, of: context.model).obstacle {
          throw .notLinearInMeans(
            layer, because: reason, fitting: MeanHead.layer(of: context.model),
            model: context.model)
        }
      }
      return try context.maps { layer in
        layer.weighted(by: layer.channelMeans * Float(layer.placeCount))
      }
    })
}
