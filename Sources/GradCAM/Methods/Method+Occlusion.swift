import Diagnostics
import ONNXSession

extension Method {
  /// Occlusion: how much the target loses where a square of the photo is hidden.
  ///
  ///     M_ij = mean of y(x) − y(x with the square at the baseline) over the squares that hold (i, j)
  ///
  /// Squares of `patch` pixels stand at every `stride`, the last of a row or column cut at the
  /// border; all colour channels and slices are hidden at once.
  ///
  /// Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", ECCV 2014,
  /// section 4.2.
  public static let occlusion = Method(
    name: "occlusion", title: "Occlusion", source: "Zeiler and Fergus 2014", scope: .photo,
    summary: "what the target loses where a square of the photo is hidden",
    parameters: MethodParameters(batch: 16, baseline: .zero, patch: 32, stride: 16),
    cost: { question in
      let squares = Squares(question.parameters, over: question.image)
      return PassCount(forward: 1 + squares.count)
    },
    procedure: .passes(first: []) { passes throws(DiagnosticError) in
      let size = passes.model.input.size
      let squares = Squares(passes.parameters, over: size)
      guard squares.patch <= min(size.width, size.height) else {
        throw .patchTooLarge(squares.patch, size)
      }
      let baseline = passes.baseline(passes.parameters.baseline ?? .zero)
      var progress = passes.progress(of: squares.count, "masked photos")
      let series = try passes.photoSeries(
        .hiddenSquare(side: squares.patch, baseline: baseline != nil),
        fixed: passes.fixed(baseline), count: squares.count)
      let found = try passes.values(of: series, progress: &progress) { range in
        [
          "rows": Tensor(shape: [range.count], integers: range.map { squares.start($0).row }),
          "columns": Tensor(shape: [range.count], integers: range.map { squares.start($0).column }),
        ]
      }
      let logits = passes.first.logits.floats[...]
      return zip(passes.targets, found).map { target, found in
        let y = passes.value(target, logits: logits)
        return passes.result(squares.means(found.map { y - $0 }))
      }
    })
}

/// Squares over an image, in rows.
private struct Squares {
  let patch: Int
  let stride: Int
  let size: ImageSize

  init(_ parameters: MethodParameters, over size: ImageSize) {
    patch = max(1, parameters.patch ?? 32)
    stride = max(1, parameters.stride ?? 16)
    self.size = size
  }

  private var rows: Int { along(size.height) }
  private var columns: Int { along(size.width) }
  var count: Int { rows * columns }

  private func along(_ side: Int) -> Int {
    // (side − patch) / stride rounded up, and one; none begins outside, as one could where the
    // stride is longer than the patch.
    min(max(0, side - patch + stride - 1), side - 1) / stride + 1
  }

  /// Where a square begins.
  func start(_ index: Int) -> (row: Int, column: Int) {
    (index / columns * stride, index % columns * stride)
  }

  /// At each pixel the mean of the values of the squares that hold it; 0 where none does.
  ///
  /// Each square is four corners of a table whose running sums are sums over squares.
  func means(_ values: [Float]) -> [Float] {
    let (height, width) = (size.height, size.width)
    var sums = [Double](repeating: 0, count: (height + 1) * (width + 1))
    var counts = sums
    for (index, value) in values.enumerated() {
      let (top, left) = start(index)
      let (bottom, right) = (min(top + patch, height), min(left + patch, width))
      for (row, column, sign) in [
        (top, left, 1.0), (top, right, -1), (bottom, left, -1), (bottom, right, 1),
      ] {
        sums[row * (width + 1) + column] += sign * Double(value)
        counts[row * (width + 1) + column] += sign
      }
    }
    for table in [0, 1] {
      let run = { (values: inout [Double]) in
        for row in 0...height {
          for column in 0...width {
            let place = row * (width + 1) + column
            if column > 0 { values[place] += values[place - 1] }
            if row > 0 { values[place] += values[place - width - 1] }
            if row > 0, column > 0 { values[place] -= values[place - width - 2] }
          }
        }
      }
      if table == 0 { run(&sums) } else { run(&counts) }
    }
    return (0..<height * width).map { index in
      let place = index / width * (width + 1) + index % width
      return counts[place] > 0.5 ? Float(sums[place] / counts[place]) : 0
    }
  }
}

extension MethodPasses {
  /// What is the same for all changes of the photo.
  func fixed(_ baseline: [Float]?) -> [String: Tensor] {
    guard let baseline else { return [:] }
    return ["baseline": Tensor(shape: [1] + model.input.imageShape, floats: baseline)]
  }
}
