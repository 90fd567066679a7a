// Conventions of the methods of many passes.

extension Preset {
  /// Whether points along a path are those of Gauss–Legendre, not the middles of equal parts.
  var followsGauss: Bool { self == .captum }
}

extension Preset.Formulas {
  /// The strengths of the masks of IS-CAM: i / n, or the running sum of them.
  func strengths(_ count: Int) -> [Float] {
    let shares = (1...max(1, count)).map { Float($0) / Float(count) }
    guard integratedSums else { return shares }
    var sum: Float = 0
    return shares.map { share in
      sum += share
      return sum
    }
  }
}
