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

  /// Builds the matrix from the inputs and weights of each output position.
  init(from inputSide: Int, to outputSide: Int, taps: (Int) -> [(Int, Float)]) {
    self.inputSide = inputSide
    self.outputSide = outputSide
    var rows = Array(repeating: Float(0), count: inputSide * outputSide)
    for output in 0..<outputSide {
      for (input, weight) in taps(output) where (0..<inputSide).contains(input) {
        rows[output * inputSide + input] += weight
      }
    }
    self.rows = rows
  }

  /// dx = dy · M along the axis.
  func pulledBack(_ dy: Term, axis: Int, rank: Int) -> Term {
    let matrix = dy.builder.constant(rows, shape: [outputSide, inputSide], type: dy.type)
    if axis == rank - 1 { return dy.times(matrix: matrix) }
    if axis == rank - 2 { return matrix.transposed([1, 0]).times(matrix: dy) }
    var order = Array(0..<rank)
    order.swapAt(axis, rank - 1)
    return dy.transposed(order).times(matrix: matrix).transposed(order)
  }
}
