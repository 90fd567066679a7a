/// Bilinear resizing along one axis as a matrix, [to, from]: its rows say how much each old
/// number counts in a new one.
enum ResizeMatrix {
  /// The first and last numbers stay the first and last: source = i (from − 1) / (to − 1).
  static func cornersAligned(from: Int, to: Int) -> [Float] {
    let step = to > 1 ? Double(from - 1) / Double(to - 1) : 0
    return matrix(from: from, to: to) { Double($0) * step }
  }

  /// Pixels are areas: source = (i + ½) from / to − ½, with the edge repeated.
  static func halfPixel(from: Int, to: Int) -> [Float] {
    matrix(from: from, to: to) {
      max(0, (Double($0) + 0.5) * Double(from) / Double(to) - 0.5)
    }
  }

  private static func matrix(from: Int, to: Int, source: (Int) -> Double) -> [Float] {
    var values = [Float](repeating: 0, count: from * to)
    for row in 0..<to {
      let place = source(row)
      let low = min(Int(place), from - 1)
      let share = Float(place - Double(low))
      values[row * from + low] += 1 - share
      values[row * from + min(low + 1, from - 1)] += share
    }
    return values
  }
}
