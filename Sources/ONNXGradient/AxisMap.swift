import ONNXGraph

/// A linear map along one axis, such as a resampling, a reflection or a choice of positions.
///
/// Its pullback is the product with its matrix, which serves every such operator alike.
struct AxisMap {
  /// The input's side.
  let inputSide: Int
  /// The output's side.
  let outputSide: Int
  /// The matrix, a row for each output position.
  let rows: [Float]

  /// The most entries a matrix may have, for it is written into the model.
  private static let entryLimit = 1 << 22

  /// Builds the matrix from the inputs and weights of each output position.
  init(
    from inputSide: Int, to outputSide: Int, taps: (Int) -> [(Int, Float)]
  ) throws(RuleRefusal) {
    let (count, overflow) = inputSide.multipliedReportingOverflow(by: outputSide)
    guard inputSide > 0, outputSide > 0, !overflow, count <= Self.entryLimit else {
      throw RuleRefusal("an axis of \(inputSide) is too long to be mapped to \(outputSide)")
    }
    self.inputSide = inputSide
    self.outputSide = outputSide
    var rows = Array(repeating: Float(0), count: count)
    for output in 0..<outputSide {
      for (input, weight) in taps(output) where (0..<inputSide).contains(input) {
        rows[output * inputSide + input] += weight
      }
    }
    self.rows = rows
  }

  /// dx = dy · M along the axis.
  func pulledBack(_ dy: Term, axis: Int, rank: Int) -> Term {
    Self.multiplied(dy, by: matrix(for: dy), axis: axis, rank: rank)
  }

  /// y = x · Mᵀ along the axis: the map itself.
  func applied(_ x: Term, axis: Int, rank: Int) -> Term {
    Self.multiplied(x, by: matrix(for: x).transposed([1, 0]), axis: axis, rank: rank)
  }

  private func matrix(for term: Term) -> Term {
    term.builder.constant(rows, shape: [outputSide, inputSide], type: term.type)
  }

  /// The product along one axis with a matrix, a row for each of the axis' positions.
  static func multiplied(_ x: Term, by matrix: Term, axis: Int, rank: Int) -> Term {
    if axis == rank - 1 { return x.times(matrix: matrix) }
    if axis == rank - 2 { return matrix.transposed([1, 0]).times(matrix: x) }
    var order = Array(0..<rank)
    order.swapAt(axis, rank - 1)
    return x.transposed(order).times(matrix: matrix).transposed(order)
  }
}
