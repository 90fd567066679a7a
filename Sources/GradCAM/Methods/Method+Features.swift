import Diagnostics
import ONNXGraph

// Methods that weigh feature maps without a gradient.

extension Method {
  /// FEM: each feature map weighted by how many of its places stand out.
  ///
  ///     w_k = share of places with A_k > μ_k + 2 σ_k        M = Σ_k w_k A_k
  ///
  /// Fuad et al., "Features Understanding in 3D CNNs for Actions Recognition in Video", IPTA 2020,
  /// equations 1 and 2.
  public static let fem = Method(
    name: "fem", title: "FEM", source: "Fuad et al. 2020",
    summary: "feature maps weighted by how many places stand out, whatever the target",
    usesGradient: false, sumsChannels: true, cost: { _ in .oneForward },
    procedure: .graph { context throws(DiagnosticError) in
      context.mapsOfFeatures { layer in
        let a = layer.activation
        let mean = a.mean(layer.spatialAxes)
        let apart = a - mean
        let deviation = (apart * apart).mean(layer.spatialAxes).squareRoot
        let shares = a.mask(greaterThan: mean + 2 * deviation).mean(layer.spatialAxes)
        return layer.weighted(by: layer.perChannel(shares))
      }
    })

  /// Random-CAM: feature maps with random weights, a control that explains nothing.
  ///
  ///     w_k = 2 u_k − 1 with even draws u_k of 0 ..< 1        M = Σ_k w_k A_k
  ///
  /// Each layer's draws start from the seed anew.
  public static let randomCAM = Method(
    name: "randomcam", title: "Random-CAM", source: "a control",
    summary: "feature maps with random weights: what a map that says nothing looks like",
    usesGradient: false, sumsChannels: true, parameters: MethodParameters(seed: 0),
    cost: { _ in .oneForward },
    procedure: .graph { context throws(DiagnosticError) in
      context.mapsOfFeatures { layer in
        var draws = SeededDraws(seed: layer.parameters.seed ?? 0)
        let weights = (0..<layer.channels).map { _ in Float(2 * draws.uniform() - 1) }
        let builder = layer.activation.builder
        return layer.weighted(
          by: builder.constant(weights, shape: [1, 1, layer.channels]))
      }
    })
}
