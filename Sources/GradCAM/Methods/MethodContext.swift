import ONNXFormat
import ONNXGraph

/// What a formula sees of one layer: feature maps, channels first, whatever the model's order.
///
/// Of a volume the maps are [D, H, W]: nothing but ``sides`` tells.
struct MethodContext {
  /// A: [N, K, H, W].
  let activation: Term
  /// g = ∂y/∂A: [T, K, H, W], where T = N, or N = 1 and T targets share its forward pass.  Of a
  /// method without gradient the feature maps again.
  let gradient: Term
  /// The same where all places of a feature map have one gradient, as behind a mean: [T, 1, K].
  ///
  /// A formula that reads this in its place never holds T gradients of the layer's size.
  let evenGradient: Term?
  /// K.
  let channels: Int
  /// H, W, or D, H, W.
  let sides: [Int]
  /// Where the weights are, if some are wanted as numbers.
  let file: ModelFile?
  /// The conventions followed.
  var preset = Preset.paper
  /// The method's parameters.
  var parameters = MethodParameters()
  /// Whether sums over channels are replaced by the first principal component.
  var isEigenSmoothed = false

  /// Number of places of a feature map.
  var placeCount: Int { sides.reduce(1, *) }
  /// The axes of ``activation`` and ``gradient`` after batch and channels.
  var spatialAxes: [Int] { Array(2..<2 + sides.count) }
}

extension MethodContext {
  /// A layer's activation and gradient in one order, whatever the model's.
  init(
    _ layer: Layer, activation: Term, gradient: Term, file: ModelFile, preset: Preset,
    method: Method
  ) {
    self.init(
      activation: layer.map.brought(activation), gradient: layer.map.brought(gradient),
      evenGradient: EvenGradient(gradient, at: layer)?.perChannel, channels: layer.channels,
      sides: Array(layer.shape.dropFirst()), file: file,
      preset: preset, parameters: method.parameters, isEigenSmoothed: method.isEigenSmoothed)
  }

  /// Numbers [T, K, 1, 1] of channels as weights, [T, 1, K].
  func perChannel(_ weights: Term) -> Term { weights.reshaped([-1, 1, channels]) }

  /// The map Σ_k w_k A_k, [T, H, W], of channel weights w: [T, 1, K].
  ///
  /// - Parameter maps: A, the activation unless given.
  func weighted(by weights: Term, of maps: Term? = nil) -> Term {
    let maps = maps ?? activation
    if isEigenSmoothed {
      let factors = weights.reshaped([-1, channels] + sides.map { _ in 1 })
      return principalComponent(of: factors * maps)
    }
    // [T, 1, K] times [N, K, H W]: one matrix product for all channels.
    return weights.times(matrix: inRows(maps)).reshaped([-1] + sides)
  }

  /// Feature maps [N, K, H, W] with the places of each in a row, [N, K, H W].
  func inRows(_ maps: Term) -> Term { maps.reshaped([-1, channels, placeCount]) }

  /// The map Σ_k, [T, H, W], of maps [T, K, H, W].
  func summed(_ maps: Term) -> Term {
    isEigenSmoothed ? principalComponent(of: maps) : maps.sum([1], keepsAxes: false)
  }
}
