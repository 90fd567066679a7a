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
    let ratio = commonScale(c, rank: rank, from: from)
    var dx = try c.dy
    for axis in 1..<rank {
      let (inputs, outputs) = (from[axis - 1], to[axis - 1])
      let scale = scales?[axis] ?? ratio ?? Float(outputs) / Float(inputs)
      let sampling = try AxisSampling(
        c.node, opset: c.opset, region: try region(c, axis, rank: rank), inputs: inputs,
        outputs: outputs, scale: scale)
      if sampling.isIdentity { continue }
      let map = try AxisMap(from: inputs, to: outputs, taps: sampling.taps)
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

  /// The scale that keeps the aspect ratio, where the node asks for that.
  private static func commonScale(_ c: PullbackContext, rank: Int, from: [Int]) -> Float? {
    let policy = c.node.string("keep_aspect_ratio_policy") ?? "stretch"
    guard policy != "stretch", let wanted = c.integers(3) else { return nil }
    let places = (c.node.ints("axes") ?? Array(0..<rank)).compactMap { Axes.place($0, in: rank) }
    let ratios = zip(places, wanted).compactMap { place, side in
      place > 0 ? Float(side) / Float(from[place - 1]) : nil
    }
    return policy == "not_larger" ? ratios.min() : ratios.max()
  }

  /// The part of an axis that is taken, from 0 to 1, where the coordinates ask for one.
  private static func region(
    _ c: PullbackContext, _ axis: Int, rank: Int
  ) throws(RuleRefusal) -> ClosedRange<Float>? {
    guard c.node.string("coordinate_transformation_mode") == "tf_crop_and_resize" else {
      return nil
    }
    let places = (c.node.ints("axes") ?? Array(0..<rank)).compactMap { Axes.place($0, in: rank) }
    guard let bounds = c.floats(1), bounds.count == 2 * places.count else {
      throw RuleRefusal("its region is not constant")
    }
    guard let position = places.firstIndex(of: axis) else { return 0...1 }
    let (start, end) = (bounds[position], bounds[position + places.count])
    guard start <= end else { throw RuleRefusal("its region is reversed") }
    return start...end
  }
}
