import ONNXFormat
import ONNXSession
import Testing
import _TestSupport

/// Convolution and pooling over all small windows.
@Suite struct ExhaustiveWindowTests {
  @Test("Every small convolution's pullback is its transpose, exactly", arguments: [1, 2, 4])
  func convolution(group: Int) throws {
    let cases = WindowCase.all { _, _ in true }
    let entries = cases.map { window in
      LinearBatch.Entry(
        attributes: window.attributes + [AttributeProto("group", group)],
        shape: [2, 4] + window.sides,
        constants: [weight([4, 4 / group] + window.kernel)])
    }
    try expectAdjoint(LinearBatch(operatorName: "Conv", opset: 17), entries, cases)
  }

  @Test("Every small transposed convolution's too", arguments: [1, 2, 4])
  func transposedConvolution(group: Int) throws {
    // The output must be left with something, and what is cut must lie in it.
    let cases = WindowCase.all { pad, kernel in pad < kernel }
    let entries = cases.map { window in
      let extra = [window.height, window.width].map { min($0.stride, 2) - 1 }
      return LinearBatch.Entry(
        attributes: window.attributes
          + [AttributeProto("group", group), AttributeProto("output_padding", extra)],
        shape: [2, 4] + window.sides,
        constants: [weight([4, 4 / group] + window.kernel)])
    }
    try expectAdjoint(LinearBatch(operatorName: "ConvTranspose", opset: 17), entries, cases)
  }

  @Test(
    "Every small average pooling's pullback is its transpose",
    arguments: [false, true], [false, true])
  func averagePooling(roundsUp: Bool, countsPadding: Bool) throws {
    let cases = WindowCase.all { pad, kernel in pad < kernel }
    let entries = cases.map { window in
      LinearBatch.Entry(
        attributes: window.attributes + [
          AttributeProto("ceil_mode", roundsUp ? 1 : 0),
          AttributeProto("count_include_pad", countsPadding ? 1 : 0),
        ],
        shape: [1, 2] + window.sides)
    }
    // Ninths and the like are rounded: a few units in the last place of each product.
    try expectAdjoint(
      LinearBatch(operatorName: "AveragePool", opset: 19), entries, cases, tolerance: 1e-6)
  }

  @Test("Every small maximum pooling gives to the first maximum", arguments: [false, true])
  func maximumPooling(roundsUp: Bool) throws {
    let cases = WindowCase.all { pad, kernel in pad < kernel }
    let entries = cases.map { window in
      LinearBatch.Entry(
        attributes: window.attributes + [AttributeProto("ceil_mode", roundsUp ? 1 : 0)],
        shape: [1, 1] + window.sides)
    }
    let outcomes = try LinearBatch(operatorName: "MaxPool", opset: 12)
      .outcomes(entries, values: -1...1)
    for (window, outcome) in zip(cases, outcomes) {
      let expected = window.firstMaxima(outcome.x, outcome.dy, rows: outcome.y.shape[2])
      #expect(outcome.dx == expected, "\(window)")
    }
  }

  // MARK: Support

  private func expectAdjoint(
    _ batch: LinearBatch, _ entries: [LinearBatch.Entry], _ cases: [WindowCase],
    tolerance: Double = 0
  ) throws {
    #expect(entries.count > 300)
    for (window, outcome) in zip(cases, try batch.outcomes(entries, values: -4...4)) {
      #expect(outcome.isAdjoint(within: tolerance), "\(window)")
    }
  }

  /// Small whole numbers, one tensor for each shape.
  private func weight(_ shape: [Int]) -> TensorProto {
    var random = SeededGenerator(seed: 7)
    return TensorProto(
      "w" + shape.map(String.init).joined(separator: "x"), shape: shape,
      floats: (0..<shape.reduce(1, *)).map { _ in Float(Int.random(in: -2...2, using: &random)) })
  }
}

extension WindowCase {
  /// The gradient of a maximum pooling as its definition says it: each window's cotangent goes to
  /// the first position, row by row, that holds the maximum.
  fileprivate func firstMaxima(_ x: [Float], _ dy: [Float], rows: Int) -> [Float] {
    var dx = Array(repeating: Float(0), count: x.count)
    let columns = dy.count / rows
    for (window, cotangent) in dy.enumerated() {
      let top = window / columns * height.stride - height.before
      let left = window % columns * width.stride - width.before
      var best: Int?
      for row in 0..<height.kernel {
        for column in 0..<width.kernel {
          let y = top + row * height.dilation
          let x0 = left + column * width.dilation
          guard (0..<height.side).contains(y), (0..<width.side).contains(x0) else { continue }
          let place = y * width.side + x0
          if best.map({ x[place] > x[$0] }) ?? true { best = place }
        }
      }
      if let best { dx[best] += cotangent }
    }
    return dx
  }
}
