// Conventions of the methods of many passes.

extension Preset {
  /// Whether points along a path are those of Gauss–Legendre, not the middles of equal parts.
  var followsGauss: Bool { self == .captum }

  /// Whether Ablation-CAM sets a channel far below the smallest number instead of to zero, where
  /// the smallest is not zero.
  var ablatesBelowSmallest: Bool { name == "pytorch-grad-cam" }

  /// How Score-CAM's feature maps become masks.
  var enlarging: Change.Enlarging {
    let isTorchCAM = name == "torchcam"
    return Change.Enlarging(alignsCorners: !isTorchCAM, scalesFirst: isTorchCAM)
  }

  /// The strengths of the masks of IS-CAM: i / n, or the running sum of them, which passes 1.
  func strengths(_ count: Int) -> [Float] {
    let shares = (1...max(1, count)).map { Float($0) / Float(count) }
    guard name == "torchcam" else { return shares }
    var sum: Float = 0
    return shares.map { share in
      sum += share
      return sum
    }
  }
}
