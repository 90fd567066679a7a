/// Sums over arrays that come one by one: of their values, and of their squares.
///
/// In float64, so that a mean does not depend on how many come at once.
struct RunningMoments {
  private var sum: [Double]
  private var squares: [Double]

  /// Begins with nothing.
  ///
  /// - Parameter squares: whether squares are summed too.
  init(count: Int, squares: Bool = false) {
    sum = [Double](repeating: 0, count: count)
    self.squares = squares ? sum : []
  }

  /// Adds an array times a weight.
  mutating func add(_ values: ArraySlice<Float>, weight: Double = 1) {
    values.withUnsafeBufferPointer { values in
      for index in values.indices { sum[index] += weight * Double(values[index]) }
      guard !squares.isEmpty else { return }
      for index in values.indices {
        squares[index] += weight * Double(values[index]) * Double(values[index])
      }
    }
  }

  /// Σ v / n.
  func mean(of count: Int) -> [Float] { sum.map { Float($0 / Double(count)) } }

  /// Σ v² / n.
  func meanSquare(of count: Int) -> [Float] { squares.map { Float($0 / Double(count)) } }

  /// Σ v² / n − (Σ v / n)², not below 0.
  func variance(of count: Int) -> [Float] {
    zip(sum, squares).map { sum, square in
      let mean = sum / Double(count)
      return Float(max(square / Double(count) - mean * mean, 0))
    }
  }

  /// Σ v.
  var total: [Double] { sum }
}
