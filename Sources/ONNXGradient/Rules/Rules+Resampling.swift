import ONNXFormat
import ONNXGraph

extension Rules {
  /// Changes of resolution, which are linear along each axis.
  static let resampling: [GradientRule] = [
    GradientRule("Resize", "the transposed map along each axis: nearest, linear, cubic", resize),
    GradientRule("Upsample", "as Resize with asymmetric coordinates", resize),
  ]

  private static func resize(_ c: PullbackContext) throws(RuleRefusal) -> [Int: Term] {
    guard let from = try c.shape().dropFirst().map({ $0 }).fixedSides,
      let to = try c.outputShape().dropFirst().map({ $0 }).fixedSides
    else { throw RuleRefusal("the sides of its input or output are not known") }
    let rank = from.count + 1
    let scales = scales(c, rank: rank)
    let sampling = try Sampling(c.node, opset: c.opset)
    var dx = try c.dy
    for axis in 1..<rank where from[axis - 1] != to[axis - 1] || scales?[axis] ?? 1 != 1 {
      let (inputs, outputs) = (from[axis - 1], to[axis - 1])
      let scale = scales?[axis] ?? Float(outputs) / Float(inputs)
      let map = try AxisMap(from: inputs, to: outputs) {
        sampling.taps($0, inputs, outputs, scale)
      }
      dx = map.pulledBack(dx, axis: axis, rank: rank)
    }
    return [0: dx]
  }

  /// The scale of each axis where the node states scales, which need not divide the sides.
  private static func scales(_ c: PullbackContext, rank: Int) -> [Float]? {
    let isOld = c.node.opType == "Upsample" || c.opset < 11
    guard let named = c.node.floats("scales") ?? c.floats(isOld ? 1 : 2) else { return nil }
    let axes = c.node.ints("axes") ?? Array(0..<rank)
    let places = axes.compactMap { Axes.place($0, in: rank) }
    guard named.count == places.count, places.count == axes.count,
      named.allSatisfy({ $0 > 0 && $0.isFinite })
    else { return nil }
    var scales = Array(repeating: Float(1), count: rank)
    for (place, scale) in zip(places, named) { scales[place] = scale }
    return scales
  }

  /// Where an output position reads and with which weights.
  private struct Sampling {
    let mode: String
    let coordinates: String
    let rounding: String
    let cubic: Double

    init(_ node: NodeProto, opset: Int) throws(RuleRefusal) {
      let isOld = node.opType == "Upsample" || opset < 11
      mode = node.string("mode") ?? "nearest"
      coordinates =
        isOld ? "asymmetric" : node.string("coordinate_transformation_mode") ?? "half_pixel"
      rounding = isOld ? "floor" : node.string("nearest_mode") ?? "round_prefer_floor"
      cubic = Double(node.float("cubic_coeff_a") ?? -0.75)
      let known = ["half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"]
      guard known.contains(coordinates) else {
        throw RuleRefusal("coordinates '\(coordinates)' are not supported")
      }
      guard ["nearest", "linear", "bilinear", "cubic"].contains(mode) else {
        throw RuleRefusal("mode '\(mode)' is not supported")
      }
      guard node.int("antialias") != 1 else { throw RuleRefusal("it antialiases") }
      guard node.string("keep_aspect_ratio_policy") ?? "stretch" == "stretch" else {
        throw RuleRefusal("it keeps the aspect ratio")
      }
      guard node.int("exclude_outside") != 1 else { throw RuleRefusal("it excludes the outside") }
    }

    /// Coordinates are float32, as the runtime's, so that both round to the same neighbour.
    func taps(_ output: Int, _ inputs: Int, _ outputs: Int, _ scale: Float) -> [(Int, Float)] {
      let position = Float(output)
      let coordinate: Float
      switch coordinates {
      case "align_corners":
        coordinate = outputs == 1 ? 0 : position * Float(inputs - 1) / Float(outputs - 1)
      case "asymmetric": coordinate = position / scale
      case "pytorch_half_pixel": coordinate = outputs > 1 ? (position + 0.5) / scale - 0.5 : 0
      default: coordinate = (position + 0.5) / scale - 0.5
      }
      // Further out than a kernel reaches there is the edge, however small the scale.
      let x = min(max(Double(coordinate), -4), Double(inputs) + 4)
      let clamp = { (place: Int) in min(max(place, 0), inputs - 1) }
      let low = x.rounded(.down)
      let part = x - low
      switch mode {
      case "nearest": return [(clamp(Int(nearest(x))), 1)]
      case "cubic":
        return (-1...2).map { (clamp(Int(low) + $0), Float(cubicWeight(Double($0) - part))) }
      default:
        return [(clamp(Int(low)), Float(1 - part)), (clamp(Int(low) + 1), Float(part))]
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
}
