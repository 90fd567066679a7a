@testable import GradCAM

/// The formulas of maps in float64, written as plain loops, to compare those in graphs with.
struct FormulaReference {
  /// A and g: a row for each channel, a column for each place.
  let a: [[Double]]
  let g: [[Double]]
  private let epsilon = 1e-8

  /// Takes the rows apart.
  init(activation: [Float], gradient: [Float], channels: Int) {
    func rows(_ values: [Float]) -> [[Double]] {
      let size = values.count / channels
      return (0..<channels).map { values[$0 * size..<($0 + 1) * size].map(Double.init) }
    }
    (a, g) = (rows(activation), rows(gradient))
  }

  private var places: Int { a[0].count }

  /// The map of a method of that name; nil for names that have no formula here.
  func map(_ name: String) -> [Double]? {
    switch name {
    case "gradcam": weighted { g[$0].reduce(0, +) / Double(places) }
    case "gradcam++":
      weighted { k in
        let sum = a[k].reduce(0, +)
        return g[k].reduce(0) { total, g in
          total + (g == 0 ? 0 : g * g / (2 * g * g + sum * g * g * g + epsilon) * max(g, 0))
        }
      }
    case "xgradcam":
      weighted { k in
        zip(a[k], g[k]).reduce(0) { $0 + $1.0 * $1.1 } / (a[k].reduce(0, +) + epsilon)
      }
    case "hirescam": summed { $0 * $1 }
    case "elementwise": summed { max($0 * $1, 0) }
    case "layercam": summed { $0 * max($1, 0) }
    case "fem":
      weighted { k in
        let mean = a[k].reduce(0, +) / Double(places)
        let variance = a[k].reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(places)
        let limit = mean + 2 * variance.squareRoot()
        return Double(a[k].count { $0 > limit }) / Double(places)
      }
    case "eigencam": component(a)
    case "eigengradcam": component(zip(a, g).map { zip($0, $1).map { $0 * $1 } })
    case "kpcacam": kernelComponent
    default: nil
    }
  }

  private func weighted(_ weight: (Int) -> Double) -> [Double] {
    let weights = a.indices.map(weight)
    return (0..<places).map { place in
      a.indices.reduce(0) { $0 + weights[$1] * a[$1][place] }
    }
  }

  private func summed(_ term: (Double, Double) -> Double) -> [Double] {
    (0..<places).map { place in a.indices.reduce(0) { $0 + term(a[$1][place], g[$1][place]) } }
  }

  private func component(_ rows: [[Double]]) -> [Double] {
    let centred = Self.centred(rows)
    let (value, vector) = Self.largest(products(centred) { $0 })
    return signed(vector.map { $0 * max(value, 0).squareRoot() }, like: rows)
  }

  private var kernelComponent: [Double] {
    let channels = Double(a.count)
    var kernel = products(Self.centred(a)) { hyperbolicTangent($0 / channels + 1) }
    let means = kernel.map { $0.reduce(0, +) / Double(places) }
    let mean = means.reduce(0, +) / Double(places)
    for i in kernel.indices {
      for j in kernel.indices { kernel[i][j] += mean - means[i] - means[j] }
    }
    let (value, vector) = Self.largest(kernel)
    return signed(vector.map { $0 * value.squareRoot() }, like: a)
  }

  private static func centred(_ rows: [[Double]]) -> [[Double]] {
    rows.map { row in
      let mean = row.reduce(0, +) / Double(row.count)
      return row.map { $0 - mean }
    }
  }

  /// f of the products of places over all channels.
  private func products(_ rows: [[Double]], _ f: (Double) -> Double) -> [[Double]] {
    (0..<places).map { i in
      (0..<places).map { j in f(rows.reduce(0) { $0 + $1[i] * $1[j] }) }
    }
  }

  private func signed(_ map: [Double], like rows: [[Double]]) -> [Double] {
    let product = map.indices.reduce(0.0) { total, place in
      total + map[place] * rows.reduce(0) { $0 + $1[place] }
    }
    return product < 0 ? map.map { -$0 } : map
  }

  /// The largest eigenvalue of a symmetric matrix and its eigenvector, by Jacobi's rotations.
  private static func largest(_ matrix: [[Double]]) -> (value: Double, vector: [Double]) {
    var a = matrix
    let count = a.count
    var v = (0..<count).map { i in (0..<count).map { $0 == i ? 1.0 : 0.0 } }
    let norm = a.reduce(0) { $0 + $1.reduce(0) { $0 + $1 * $1 } }
    for _ in 0..<60 {
      var off = 0.0
      for p in 0..<count { for q in 0..<p { off += a[p][q] * a[p][q] } }
      if off <= 1e-30 * norm { break }
      for p in 0..<count {
        for q in 0..<p where a[p][q] != 0 {
          let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
          let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
          let c = 1 / (t * t + 1).squareRoot()
          let s = t * c
          for k in 0..<count {
            let (x, y) = (a[k][p], a[k][q])
            (a[k][p], a[k][q]) = (c * x - s * y, s * x + c * y)
          }
          for k in 0..<count {
            let (x, y) = (a[p][k], a[q][k])
            (a[p][k], a[q][k]) = (c * x - s * y, s * x + c * y)
            let (m, n) = (v[k][p], v[k][q])
            (v[k][p], v[k][q]) = (c * m - s * n, s * m + c * n)
          }
        }
      }
    }
    let best = (0..<count).max { a[$0][$0] < a[$1][$1] } ?? 0
    return (a[best][best], (0..<count).map { v[$0][best] })
  }
}
