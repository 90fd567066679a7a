import ONNXFormat

/// Where each output position of a Resize reads on one axis, and with which weights.
struct AxisSampling {
  private let mode: String
  private let coordinates: String
  private let rounding: String
  private let cubic: Double
  private let antialiases: Bool
  private let excludesOutside: Bool
  private let region: ClosedRange<Float>?
  private let inputs: Int
  private let outputs: Int
  private let scale: Float

  private static let coordinateNames: Set<String> = [
    "half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric",
    "tf_half_pixel_for_nn", "tf_crop_and_resize",
  ]

  /// Reads the attributes of a Resize or Upsample.
  init(
    _ node: NodeProto, opset: Int, region: ClosedRange<Float>?, inputs: Int, outputs: Int,
    scale: Float
  ) throws(RuleRefusal) {
    let isOld = node.opType == "Upsample" || opset < 11
    mode = node.string("mode") ?? "nearest"
    coordinates =
      isOld ? "asymmetric" : node.string("coordinate_transformation_mode") ?? "half_pixel"
    rounding = isOld ? "floor" : node.string("nearest_mode") ?? "round_prefer_floor"
    cubic = Double(node.float("cubic_coeff_a") ?? -0.75)
    antialiases = node.int("antialias") == 1
    excludesOutside = node.int("exclude_outside") == 1
    guard Self.coordinateNames.contains(coordinates) else {
      throw RuleRefusal("coordinates '\(coordinates)' are not supported")
    }
    guard ["nearest", "linear", "bilinear", "cubic"].contains(mode) else {
      throw RuleRefusal("mode '\(mode)' is not supported")
    }
    guard inputs > 0, outputs > 0, scale.isFinite, scale > 1e-4,
      Float(outputs) / scale < 6e7
    else {
      throw RuleRefusal("its scale is out of range")
    }
    (self.region, self.inputs, self.outputs, self.scale) = (region, inputs, outputs, scale)
  }

  /// Whether every position reads itself.
  var isIdentity: Bool { inputs == outputs && scale == 1 && (region ?? 0...1) == 0...1 }

  /// The input positions that an output position reads, with their weights.
  func taps(_ output: Int) -> [(Int, Float)] {
    let coordinate = coordinate(of: output)
    if coordinates == "tf_crop_and_resize", !(0...Float(inputs - 1)).contains(coordinate) {
      return []
    }
    // Further out than a kernel reaches there is the edge, however small the scale.
    let x = min(max(Double(coordinate), -4), Double(inputs) + 4)
    let clamp = { (place: Int) in min(max(place, 0), inputs - 1) }
    if mode == "nearest" { return [(clamp(Int(nearest(x))), 1)] }
    let low = x.rounded(.down)
    let part = x - low
    // A kernel that antialiases is as much wider as the image becomes smaller.
    let narrow = antialiases ? min(Double(scale), 1) : 1
    let radius = mode == "cubic" ? 2.0 : 1.0
    let first = Int((-radius / narrow).rounded(.down)) + 1
    var taps = (first...(1 - first)).map { offset in
      let distance = (Double(offset) - part) * narrow
      return (
        place: Int(low) + offset,
        weight: mode == "cubic" ? cubicWeight(distance) : max(0, 1 - abs(distance))
      )
    }
    if excludesOutside { taps = taps.filter { (0..<inputs).contains($0.place) } }
    let total = excludesOutside || antialiases ? taps.reduce(0) { $0 + $1.weight } : 1
    return taps.map { (clamp($0.place), Float($0.weight / total)) }
  }

  /// Coordinates are float32, as the runtime's, so that both round to the same neighbour.
  private func coordinate(of output: Int) -> Float {
    let position = Float(output)
    let (last, side) = (Float(outputs - 1), Float(inputs))
    switch coordinates {
    case "align_corners": return outputs == 1 ? 0 : position * (side - 1) / last
    case "asymmetric": return position / scale
    case "pytorch_half_pixel": return outputs > 1 ? (position + 0.5) / scale - 0.5 : 0
    case "tf_half_pixel_for_nn": return (position + 0.5) / scale
    case "half_pixel_symmetric":
      let offset = side / 2 * (1 - Float(outputs) / (scale * side))
      return offset + (position + 0.5) / scale - 0.5
    case "tf_crop_and_resize":
      let part = region ?? 0...1
      guard outputs > 1 else { return (part.lowerBound + part.upperBound) * (side - 1) / 2 }
      let width = part.upperBound - part.lowerBound
      return part.lowerBound * (side - 1) + position * width * (side - 1) / last
    default: return (position + 0.5) / scale - 0.5
    }
  }

  private func nearest(_ x: Double) -> Double {
    switch rounding {
    case "floor": x.rounded(.down)
    case "ceil": x.rounded(.up)
    case "round_prefer_ceil": (x + 0.5).rounded(.down)
    default: (x - 0.5).rounded(.up)
    }
  }

  /// Keys' kernel: (a+2)|d|³ − (a+3)|d|² + 1 within 1, a|d|³ − 5a|d|² + 8a|d| − 4a within 2.
  private func cubicWeight(_ distance: Double) -> Double {
    let d = abs(distance)
    if d <= 1 { return ((cubic + 2) * d - (cubic + 3)) * d * d + 1 }
    return d < 2 ? ((cubic * d - 5 * cubic) * d + 8 * cubic) * d - 4 * cubic : 0
  }
}
