import Diagnostics
import ONNXSession

extension Method {
  /// Kernel SHAP: Shapley values of superpixels, by weighted least squares.
  ///
  ///     y(x_z) ≈ φ_0 + Σ_m φ_m z_m        z_m: whether superpixel m stays or is the baseline
  ///
  /// Sizes of coalitions are drawn by the Shapley kernel, so that drawn ones weigh the same; all
  /// and none weigh 10⁶, which makes Σ φ nearly y(x) − y(x').  What is left of that is measured.
  /// Superpixels are the cells of a grid.  Where there are fewer coalitions than superpixels, the
  /// shortest φ is taken.
  ///
  /// Lundberg and Lee, "A Unified Approach to Interpreting Model Predictions", NIPS 2017,
  /// theorem 2.
  public static let kernelSHAP = Method(
    name: "kernel-shap", title: "Kernel SHAP", source: "Lundberg and Lee 2017", scope: .photo,
    summary: "Shapley values of superpixels, by weighted least squares",
    parameters: MethodParameters(samples: 1000, seed: 0, batch: 16, baseline: .zero, cells: 7),
    cost: { PassCount(forward: max(2, $0.parameters.samples ?? 1000)) },
    procedure: .passes(first: []) { passes throws(DiagnosticError) in
      let grid = CellGrid(passes.parameters.cells ?? 7, over: passes.model.input.size)
      let coalitions = Coalitions(
        of: grid.count, samples: passes.parameters.samples ?? 1000,
        seed: passes.parameters.seed ?? 0)
      let baseline = passes.baseline(passes.parameters.baseline ?? .zero)
      var progress = passes.progress(of: coalitions.rows.count - 1, "masked photos")
      // The first keeps all, which is the first run.
      let series = try passes.photoSeries(
        .hiddenCells(grid, baseline: baseline != nil), fixed: passes.fixed(baseline),
        count: coalitions.rows.count - 1)
      let found = try passes.values(of: series, progress: &progress) { range in
        let rows = range.flatMap { coalitions.rows[$0 + 1].map { $0 ? Float(1) : 0 } }
        return ["kept": Tensor(shape: [range.count, grid.count], floats: rows)]
      }
      let cells = grid.cells
      let logits = passes.first.logits.floats[...]
      return zip(passes.targets, found).map { target, found in
        let y = passes.value(target, logits: logits)
        let shares = coalitions.shares(of: ([y] + found).map(Double.init))
        let residual = shares.reduce(0, +) - Double(y - found[0])
        return passes.result(
          cells.map { Float(shares[$0]) }, measures: [(name: "residual", value: residual)])
      }
    })
}

/// Sets of superpixels that stay, and the values that they speak for.
private struct Coalitions {
  /// For each coalition, whether each superpixel stays: all, none, then drawn ones.
  let rows: [[Bool]]

  /// Draws coalitions: a size with P(k) ∝ 1 / (k (M − k)), and as many superpixels of the largest
  /// of M normal draws.
  init(of count: Int, samples: Int, seed: UInt32) {
    var rows = [
      [Bool](repeating: true, count: count), [Bool](repeating: false, count: count),
    ]
    let shares = (1..<max(2, count)).map { 1 / Double($0 * max(1, count - $0)) }
    let total = shares.reduce(0, +)
    var draws = SeededDraws(seed: seed)
    while rows.count < samples {
      let place = draws.uniform()
      var sum = 0.0
      let index = shares.firstIndex { share in
        sum += share / total
        return sum > place
      }
      let size = min(count, (index ?? shares.count - 1) + 1)
      let order = draws.normals(count)
      let kept = order.indices.sorted { order[$0] > order[$1] }.prefix(size)
      var row = [Bool](repeating: false, count: count)
      for superpixel in kept { row[superpixel] = true }
      rows.append(row)
    }
    self.rows = rows
  }

  /// φ of values y by weighted least squares with intercept: of X φ ≈ y, both without their
  /// weighted means, the shortest φ.
  ///
  /// Conjugate gradients on the normal equations (CGLS), which from zero give just that; few
  /// steps, because all but one of the singular values lie close together.
  func shares(of y: [Double]) -> [Double] {
    let weights = rows.indices.map { $0 < 2 ? 1e6 : 1.0 }
    let total = weights.reduce(0, +)
    let count = rows[0].count
    var means = [Double](repeating: 0, count: count)
    for (row, weight) in zip(rows, weights) {
      for place in 0..<count where row[place] { means[place] += weight / total }
    }
    let mean = zip(weights, y).reduce(0) { $0 + $1.0 * $1.1 } / total
    let roots = weights.map { $0.squareRoot() }
    let matrix = zip(rows, roots).map { row, root in
      row.indices.map { ((row[$0] ? 1 : 0) - means[$0]) * root }
    }
    var rest = zip(y, roots).map { ($0 - mean) * $1 }
    func turned(_ rest: [Double]) -> [Double] {
      var sums = [Double](repeating: 0, count: count)
      for (row, value) in zip(matrix, rest) {
        for place in 0..<count { sums[place] += row[place] * value }
      }
      return sums
    }
    var found = [Double](repeating: 0, count: count)
    var slope = turned(rest)
    var direction = slope
    var square = slope.reduce(0) { $0 + $1 * $1 }
    let enough = square * 1e-26
    for _ in 0..<4 * count where square > enough {
      let image = matrix.map { row in zip(row, direction).reduce(0) { $0 + $1.0 * $1.1 } }
      let length = image.reduce(0) { $0 + $1 * $1 }
      guard length > 0 else { break }
      let step = square / length
      for place in 0..<count { found[place] += step * direction[place] }
      for place in rest.indices { rest[place] -= step * image[place] }
      slope = turned(rest)
      let next = slope.reduce(0) { $0 + $1 * $1 }
      for place in 0..<count { direction[place] = slope[place] + next / square * direction[place] }
      square = next
    }
    return found
  }
}
