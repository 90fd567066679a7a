import Diagnostics
import ONNXSession

extension Method {
  /// RISE: random coarse masks, weighted by the target's value for the photo seen through them.
  ///
  ///     M = Σ_m y(x ⊙ m) m / (n p)        p = ½
  ///
  /// Masks are grids of cells, on with probability p, enlarged by an extra cell and shifted by
  /// less than one.
  ///
  /// Petsiuk, Das, Saenko, "RISE: Randomized Input Sampling for Explanation of Black-box Models",
  /// BMVC 2018, equation 6.
  public static let rise = Method(
    name: "rise", title: "RISE", source: "Petsiuk et al. 2018", scope: .photo,
    summary: "random masks weighted by the target's value for the photo seen through them",
    parameters: MethodParameters(samples: 4000, seed: 0, batch: 16, baseline: .zero, cells: 7),
    cost: { PassCount(forward: 1 + ($0.parameters.samples ?? 4000)) },
    procedure: .passes(first: []) { passes throws(DiagnosticError) in
      let count = max(1, passes.parameters.samples ?? 4000)
      let grid = CellGrid(passes.parameters.cells ?? 7, over: passes.model.input.size)
      let baseline = passes.baseline(passes.parameters.baseline ?? .zero)
      var progress = passes.progress(of: count, "masked photos")
      var draws = SeededDraws(seed: passes.parameters.seed ?? 0)
      let size = grid.height * grid.width
      var sums = passes.targets.map { _ in [Double](repeating: 0, count: size) }
      let series = try passes.photoSeries(
        .coarselyMasked(grid, baseline: baseline != nil), fixed: passes.fixed(baseline),
        count: count)
      _ = try passes.values(of: series, progress: &progress) { range in
        var (cells, rows, columns): ([Float], [Int], [Int]) = ([], [], [])
        for _ in range {
          for _ in 0..<grid.count { cells.append(draws.uniform() < 0.5 ? 1 : 0) }
          rows.append(Int(draws.uniform() * Double(grid.cellHeight)))
          columns.append(Int(draws.uniform() * Double(grid.cellWidth)))
        }
        return [
          "cells": Tensor(shape: [range.count, grid.rows, grid.columns], floats: cells),
          "rows": Tensor(shape: [range.count], integers: rows),
          "columns": Tensor(shape: [range.count], integers: columns),
        ]
      } take: { found in
        let found = found.floats
        for target in sums.indices {
          for place in 0..<size { sums[target][place] += Double(found[target * size + place]) }
        }
      }
      return sums.map { sums in passes.result(sums.map { Float($0 / (0.5 * Double(count))) }) }
    })
}
