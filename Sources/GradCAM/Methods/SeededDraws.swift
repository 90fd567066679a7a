/// Random draws that a seed fixes: the numbers of NumPy's `RandomState(seed)`.
///
/// The generator is MT19937 (Matsumoto and Nishimura 1998); normal draws are Marsaglia's polar
/// method.  Being NumPy's, draws can be made again anywhere.
struct SeededDraws {
  private var state = [UInt32](repeating: 0, count: 624)
  private var place = 624
  private var kept: Double?

  /// Starts from a seed.
  init(seed: UInt32) {
    state[0] = seed
    for index in 1..<624 {
      let last = state[index - 1]
      state[index] = 1_812_433_253 &* (last ^ (last >> 30)) &+ UInt32(index)
    }
  }

  /// 32 random bits.
  mutating func bits() -> UInt32 {
    if place == 624 { twist() }
    var word = state[place]
    place += 1
    word ^= word >> 11
    word ^= (word << 7) & 0x9D2C_5680
    word ^= (word << 15) & 0xEFC6_0000
    return word ^ (word >> 18)
  }

  private mutating func twist() {
    for index in 0..<624 {
      let mixed = (state[index] & 0x8000_0000) | (state[(index + 1) % 624] & 0x7FFF_FFFF)
      state[index] =
        state[(index + 397) % 624] ^ (mixed >> 1) ^ (mixed & 1 == 0 ? 0 : 0x9908_B0DF)
    }
    place = 0
  }

  /// An even draw of 0 ..< 1, as `random_sample`.
  mutating func uniform() -> Double {
    let (high, low) = (bits() >> 5, bits() >> 6)
    return (Double(high) * 67_108_864 + Double(low)) / 9_007_199_254_740_992
  }

  /// A draw of the standard normal distribution, as `standard_normal`.
  mutating func normal() -> Double {
    if let kept {
      self.kept = nil
      return kept
    }
    while true {
      let (x, y) = (2 * uniform() - 1, 2 * uniform() - 1)
      let square = x * x + y * y
      guard square < 1, square != 0 else { continue }
      let scale = (-2 * logarithm(square) / square).squareRoot()
      kept = scale * x
      return scale * y
    }
  }

  /// So many draws of the standard normal distribution.
  mutating func normals(_ count: Int) -> [Float] { (0..<count).map { _ in Float(normal()) } }
}
