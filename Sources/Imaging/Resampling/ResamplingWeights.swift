/// What each pixel of a resampled row takes of the source row.
///
/// With scale s = source / target, pixel i looks at the source around c = (i + ½) s through the
/// filter stretched by max(s, 1), so that shrinking averages all that it covers:
///
///     w(j) = f((j + ½ − c) / max(s, 1)),  normalised to Σ w = 1
///
/// The weights are 22-bit fixed point and sums start at a half, as in Pillow, whose pixels result
/// bit for bit: 8 bits of pixel, 22 of weight and 2 to spare for the lobes of a cubic fill 32.
struct ResamplingWeights {
  /// Bits after the point.
  static let precision: Int32 = 22

  /// For each pixel, the first source pixel with a weight.
  private(set) var starts: [Int] = []

  /// For each pixel, how many source pixels have one.
  private(set) var counts: [Int] = []

  /// `stride` weights for each pixel; what is beyond its count is 0.
  private(set) var weights: [Int32] = []

  /// The most weights that a pixel can have.
  let stride: Int

  /// Computes the weights of one side.
  init(from source: Int, to target: Int, filter: ResamplingFilter) {
    let scale = Double(source) / Double(target)
    let stretch = max(scale, 1)
    let support = filter.support * stretch
    stride = Int(support.rounded(.up)) * 2 + 1
    starts.reserveCapacity(target)
    counts.reserveCapacity(target)
    weights.reserveCapacity(target * stride)
    for i in 0..<target {
      let center = (Double(i) + 0.5) * scale
      let start = max(Int(center - support + 0.5), 0)
      let count = min(Int(center + support + 0.5), source) - start
      let exact = (0..<count).map { j in
        filter.weight((Double(j + start) - center + 0.5) * (1 / stretch))
      }
      let sum = exact.reduce(0, +)
      for weight in exact {
        let fixed = (sum == 0 ? weight : weight / sum) * Double(1 << Self.precision)
        weights.append(Int32(fixed + (fixed < 0 ? -0.5 : 0.5)))
      }
      weights.append(contentsOf: repeatElement(0, count: stride - count))
      starts.append(start)
      counts.append(count)
    }
  }
}
