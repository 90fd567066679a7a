/// Where along a path of length one a function is computed, and how much each place counts.
struct PathQuadrature: Hashable, Sendable {
  /// Places in 0 … 1, ascending.
  let points: [Double]
  /// Their weights, whose sum is 1.
  let weights: [Double]

  /// The middles of n equal parts.
  init(midpoints n: Int) {
    points = (0..<n).map { (Double($0) + 0.5) / Double(n) }
    weights = Array(repeating: 1 / Double(n), count: n)
  }

  /// The roots of the Legendre polynomial P_n brought from −1 … 1 to 0 … 1: exact for polynomials
  /// up to degree 2n − 1.
  ///
  ///     w_i = 1 / ((1 − x_i²) P'_n(x_i)²)        half of the weight on −1 … 1
  ///
  /// Each root is found by Newton's method from cos(π (i − ¼) / (n + ½)), which is close to it
  /// (Tricomi).
  init(gaussLegendre n: Int) {
    var points = [Double](repeating: 0.5, count: n)
    var weights = points
    for index in 0..<(n + 1) / 2 {
      var x = Self.cosine(.pi * (Double(index) + 0.75) / (Double(n) + 0.5))
      var slope = 1.0
      for _ in 0..<100 {
        let value: Double
        (value, slope) = Self.legendre(n, at: x)
        let step = value / slope
        x -= step
        if abs(step) < 1e-15 { break }
      }
      slope = Self.legendre(n, at: x).slope
      let weight = 1 / ((1 - x * x) * slope * slope)
      (points[index], points[n - 1 - index]) = ((1 - x) / 2, (1 + x) / 2)
      (weights[index], weights[n - 1 - index]) = (weight, weight)
    }
    (self.points, self.weights) = (points, weights)
  }

  /// P_n and its derivative, by k P_k = (2k − 1) x P_{k−1} − (k − 1) P_{k−2}.
  private static func legendre(_ n: Int, at x: Double) -> (value: Double, slope: Double) {
    var (last, value) = (0.0, 1.0)
    for k in 1...n {
      let next = ((2 * Double(k) - 1) * x * value - (Double(k) - 1) * last) / Double(k)
      (last, value) = (value, next)
    }
    return (value, Double(n) * (x * value - last) / (x * x - 1))
  }

  /// The cosine of an angle from 0 to π/2, by its series.
  private static func cosine(_ angle: Double) -> Double {
    var (term, sum) = (1.0, 1.0)
    for k in 1...12 {
      term *= -angle * angle / Double((2 * k - 1) * (2 * k))
      sum += term
    }
    return sum
  }
}
