/// A Laplacian on a grid whose cells have up to eight neighbours: what each cell takes from those
/// around it.
///
///     (A v)_i = d_i v_i − Σ_j w_ij v_j
///
/// Coarser grids are PᵀAP, where P gives the four cells of a square the value of theirs; that has
/// eight neighbours again.
struct ImputationGrid {
  let width: Int
  let height: Int
  /// Whether a cell's value is sought.
  let isUnknown: [Bool]
  /// How many are.
  let unknowns: Int
  /// d; 0 where a cell is known.
  private var diagonal: [Double]
  /// w to the cell right, lower left, below, lower right; 0 where one of both is known or outside.
  private var weights: [[Double]]
  /// On the finest grid, the weights to all eight neighbours wherever they are.
  private static let neighbors: [(down: Int, right: Int, weight: Double)] = [
    (0, 1, 1 / 6.0), (1, -1, 1 / 12.0), (1, 0, 1 / 6.0), (1, 1, 1 / 12.0),
  ]

  /// The finest grid: a cell a pixel.
  init(hidden: [Bool], width: Int) {
    (self.width, height, isUnknown) = (width, width > 0 ? hidden.count / width : 0, hidden)
    unknowns = hidden.count(where: \.self)
    diagonal = [Double](repeating: 0, count: hidden.count)
    weights = Self.neighbors.map { _ in [Double](repeating: 0, count: hidden.count) }
    for (direction, neighbor) in Self.neighbors.enumerated() {
      pairs(neighbor.down, neighbor.right) { place, other in
        if hidden[place] { diagonal[place] += neighbor.weight }
        if hidden[other] { diagonal[other] += neighbor.weight }
        if hidden[place] && hidden[other] { weights[direction][place] = neighbor.weight }
      }
    }
  }

  private init(
    width: Int, height: Int, diagonal: [Double], weights: [[Double]]
  ) {
    (self.width, self.height, self.diagonal, self.weights) = (width, height, diagonal, weights)
    isUnknown = diagonal.map { $0 > 0 }
    unknowns = isUnknown.count(where: \.self)
  }

  /// Every pair of a cell and its neighbour in one direction, both within the grid.
  private func pairs(_ down: Int, _ right: Int, _ body: (Int, Int) -> Void) {
    guard down < height, abs(right) < width else { return }
    for row in 0..<height - down {
      for column in max(0, -right)..<min(width, width - right) {
        let place = row * width + column
        body(place, place + down * width + right)
      }
    }
  }

  /// What the known neighbours of each unknown cell of the finest grid add to it.
  func rightSide(of picture: [Double]) -> [Double] {
    var sides = [Double](repeating: 0, count: picture.count)
    for neighbor in Self.neighbors {
      pairs(neighbor.down, neighbor.right) { place, other in
        if isUnknown[place], !isUnknown[other] { sides[place] += neighbor.weight * picture[other] }
        if isUnknown[other], !isUnknown[place] { sides[other] += neighbor.weight * picture[place] }
      }
    }
    return sides
  }
}

// MARK: - Products and smoothing

extension ImputationGrid {
  /// A v.
  func applied(to values: [Double]) -> [Double] {
    var image = [Double](repeating: 0, count: values.count)
    values.withUnsafeBufferPointer { values in
      image.withUnsafeMutableBufferPointer { image in
        diagonal.withUnsafeBufferPointer { diagonal in
          for place in image.indices { image[place] = diagonal[place] * values[place] }
        }
        for (direction, neighbor) in Self.neighbors.enumerated() {
          weights[direction].withUnsafeBufferPointer { weights in
            pairs(neighbor.down, neighbor.right) { place, other in
              let weight = weights[place]
              image[place] -= weight * values[other]
              image[other] -= weight * values[place]
            }
          }
        }
      }
    }
    return image
  }

  /// One sweep of Gauss and Seidel, in reading order or against it.
  func smooth(_ values: inout [Double], _ sides: [Double], isBackward: Bool) {
    let count = values.count
    values.withUnsafeMutableBufferPointer { values in
      sides.withUnsafeBufferPointer { sides in
        diagonal.withUnsafeBufferPointer { diagonal in
          weights[0].withUnsafeBufferPointer { right in
            weights[1].withUnsafeBufferPointer { lowerLeft in
              weights[2].withUnsafeBufferPointer { below in
                weights[3].withUnsafeBufferPointer { lowerRight in
                  for step in 0..<count {
                    let place = isBackward ? count - 1 - step : step
                    guard diagonal[place] > 0 else { continue }
                    var sum = sides[place]
                    // A weight is zero where its neighbour is outside, so only the ends of the
                    // array need care.
                    if place + 1 < count { sum += right[place] * values[place + 1] }
                    if place >= 1 { sum += right[place - 1] * values[place - 1] }
                    if place + width + 1 < count {
                      sum += lowerRight[place] * values[place + width + 1]
                    }
                    if place + width < count { sum += below[place] * values[place + width] }
                    if place + width - 1 < count {
                      sum += lowerLeft[place] * values[place + width - 1]
                    }
                    if place >= width { sum += below[place - width] * values[place - width] }
                    if place >= width + 1 {
                      sum += lowerRight[place - width - 1] * values[place - width - 1]
                    }
                    if place >= width - 1, width > 1 {
                      sum += lowerLeft[place - width + 1] * values[place - width + 1]
                    }
                    values[place] = sum / diagonal[place]
                  }
                }
              }
            }
          }
        }
      }
    }
  }
}

// MARK: - Coarser grids

extension ImputationGrid {
  private var coarseWidth: Int { (width + 1) / 2 }

  private func coarse(_ place: Int) -> Int {
    place / width / 2 * coarseWidth + place % width / 2
  }

  /// The grid of squares of 2 × 2 cells: PᵀAP.
  var coarsened: ImputationGrid {
    let rows = (height + 1) / 2
    var diagonal = [Double](repeating: 0, count: coarseWidth * rows)
    var weights = Self.neighbors.map { _ in [Double](repeating: 0, count: coarseWidth * rows) }
    for place in self.diagonal.indices { diagonal[coarse(place)] += self.diagonal[place] }
    for (direction, neighbor) in Self.neighbors.enumerated() {
      pairs(neighbor.down, neighbor.right) { place, other in
        let weight = self.weights[direction][place]
        guard weight > 0 else { return }
        let (from, to) = (coarse(place), coarse(other))
        if from == to {
          diagonal[from] -= 2 * weight
        } else {
          let (first, second) = (min(from, to), max(from, to))
          let down = second / coarseWidth - first / coarseWidth
          let right = second % coarseWidth - first % coarseWidth
          // Right, lower left, below, lower right.
          weights[down == 0 ? 0 : right + 2][first] += weight
        }
      }
    }
    return ImputationGrid(
      width: coarseWidth, height: rows, diagonal: diagonal, weights: weights)
  }

  /// Pᵀ r.
  func restricted(_ residual: [Double]) -> [Double] {
    var coarse = [Double](repeating: 0, count: coarseWidth * ((height + 1) / 2))
    for place in residual.indices where diagonal[place] > 0 {
      coarse[self.coarse(place)] += residual[place]
    }
    return coarse
  }

  /// v + P e.
  func add(_ coarse: [Double], to values: inout [Double]) {
    for place in values.indices where diagonal[place] > 0 {
      values[place] += coarse[self.coarse(place)]
    }
  }
}
