import Diagnostics
import ONNXFormat
import ONNXGradient
import ONNXGraph

extension MethodContext {
  /// The mean of the gradient over each feature map, [T, 1, K].
  ///
  /// In front of a linear head the gradient is dy · W, and its mean over space is
  /// dy · mean W: with the weight's means taken once when the graph is written, a run need not
  /// read the whole weight again, which is most of a VGG's bytes.
  var channelMeans: Term {
    if let evenGradient { return evenGradient }
    if let linear = LinearPullback(of: gradient), let means = weightMeans(linear) {
      let weight = gradient.builder.largeConstant(
        means, shape: [means.count / channels, channels])
      let product = linear.cotangent.times(matrix: weight)
      return (linear.scale == 1 ? product : product * linear.scale).reshaped([-1, 1, channels])
    }
    return gradient.mean(spatialAxes).reshaped([-1, 1, channels])
  }

  /// The means over space of each row [K · H · W] of a weight, where that is worth the while.
  ///
  /// Nil for a weight that lies the other way round or whose bytes cannot be read.
  private func weightMeans(_ linear: LinearPullback) -> [Float]? {
    let space = placeCount
    let row = channels * space
    let shape = linear.weight.shape
    guard let file, !linear.isTurned, shape[1] == row, shape[0] > 0 else { return nil }
    var means: [Float] = []
    means.reserveCapacity(shape[0] * channels)
    // Some megabytes at a time, in whole rows.
    let rows = max(1, (1 << 22) / (row * 4))
    do {
      try file.readThrough(linear.weight, pieces: rows * row * 4) { bytes in
        for start in stride(from: 0, to: bytes.count, by: space * 4) {
          means.append(Self.sum(bytes, from: start, count: space) / Float(space))
        }
      }
    } catch {
      return nil
    }
    return means.count == shape[0] * channels ? means : nil
  }

  /// The sum of float32 numbers at a place that need not be aligned.
  private static func sum(_ bytes: UnsafeRawBufferPointer, from start: Int, count: Int) -> Float {
    var lanes = SIMD8<Float>.zero
    var index = 0
    while index + 8 <= count {
      lanes += bytes.loadUnaligned(fromByteOffset: start + index * 4, as: SIMD8<Float>.self)
      index += 8
    }
    var total = lanes.sum()
    while index < count {
      total += bytes.loadUnaligned(fromByteOffset: start + index * 4, as: Float.self)
      index += 1
    }
    return total
  }
}
