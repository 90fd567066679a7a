/// Fills hidden pixels in by their neighbours: each becomes the weighted mean of the eight around it,
/// hidden ones among them.
///
///     v_i = Σ_j w_ij v_j / Σ_j w_ij        w = 1/6 beside and above, 1/12 at a corner
///
/// over the neighbours j within the picture.  Written for the hidden pixels alone this is A v = b with
/// A symmetric and positive definite, as long as a pixel is known: a Laplacian on a grid.  It is
/// solved by conjugate gradients with a multigrid cycle before each step, whose coarser grids join
/// squares of 2 × 2 pixels; so their number hardly grows with the region, where a factorization of
/// A fills in and plain conjugate gradients take hundreds of steps.
///
/// Rong et al., "A Consistent and Efficient Evaluation Strategy for Attribution Methods", ICML 2022,
/// section 4.2.
struct LinearImputation {
  /// The finest grid first.
  private var grids: [ImputationGrid]

  /// Prepares to fill in the pixels of a picture that are hidden.
  init(hidden: [Bool], width: Int) {
    grids = [ImputationGrid(hidden: hidden, width: width)]
    while let grid = grids.last, grid.unknowns > 64, grid.width > 1 || grid.height > 1 {
      grids.append(grid.coarsened)
    }
  }

  /// The picture with its hidden pixels filled in; zero where no pixel is known.
  func filled(_ picture: [Double]) -> [Double] {
    let grid = grids[0]
    guard grid.unknowns > 0 else { return picture }
    guard grid.unknowns < picture.count else { return picture.map { _ in 0 } }
    let sides = grid.rightSide(of: picture)
    var values = [Double](repeating: 0, count: picture.count)
    var residual = sides
    let goal = Self.tolerance * Self.product(sides, sides).squareRoot()
    var change = cycle(residual, level: 0)
    var direction = change
    var slope = Self.product(residual, change)
    for _ in 0..<Self.mostSteps where Self.product(residual, residual).squareRoot() > goal {
      let image = grid.applied(to: direction)
      let step = slope / Self.product(direction, image)
      guard step.isFinite else { break }
      Self.add(step, direction, to: &values)
      Self.add(-step, image, to: &residual)
      change = cycle(residual, level: 0)
      let next = Self.product(residual, change)
      let share = next / slope
      slope = next
      direction = zip(change, direction).map { $0 + share * $1 }
    }
    return picture.indices.map { grid.isUnknown[$0] ? values[$0] : picture[$0] }
  }

  /// The residual falls below this share of the right side.
  private static let tolerance = 1e-9
  private static let mostSteps = 1000

  /// About A⁻¹ r: a symmetric cycle of smoothing, the same on the next coarser grid, smoothing.
  private func cycle(_ residual: [Double], level: Int) -> [Double] {
    let grid = grids[level]
    var values = [Double](repeating: 0, count: residual.count)
    guard level + 1 < grids.count else {
      for _ in 0..<8 {
        grid.smooth(&values, residual, isBackward: false)
        grid.smooth(&values, residual, isBackward: true)
      }
      return values
    }
    grid.smooth(&values, residual, isBackward: false)
    let left = zip(residual, grid.applied(to: values)).map { $0 - $1 }
    let coarse = cycle(grid.restricted(left), level: level + 1)
    grid.add(coarse, to: &values)
    grid.smooth(&values, residual, isBackward: true)
    return values
  }

  private static func product(_ a: [Double], _ b: [Double]) -> Double {
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        var sum = 0.0
        for place in a.indices { sum += a[place] * b[place] }
        return sum
      }
    }
  }

  private static func add(_ factor: Double, _ a: [Double], to b: inout [Double]) {
    a.withUnsafeBufferPointer { a in
      b.withUnsafeMutableBufferPointer { b in
        for place in a.indices { b[place] += factor * a[place] }
      }
    }
  }
}
