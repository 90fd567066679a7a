import ONNXFormat
import ONNXGraph

// Maps [N, H, W], or [N, D, H, W] of volumes, as nodes: what is done to numbers in this folder,
// for maps that are finished within a graph.

extension Term {
  /// Each map from its smallest to its largest value, (L − min) / (max − min + ε).
  ///
  /// - Parameter rank: the number of axes of places.
  func scaledToOne(_ rank: Int, _ epsilon: Float) -> Term {
    let axes = Array(1...rank)
    let lifted = self + (-self).maximum(axes)
    return lifted / (lifted.maximum(axes) + epsilon)
  }

  /// Maps at other sides, axis by axis as products with a matrix of shares.
  ///
  /// The refused alternative is Resize, whose half-pixel form needs operator set 11.
  func enlarged(from own: [Int], to sides: [Int], _ upsampling: Heatmap.Upsampling) -> Term {
    var map = self
    for (axis, (old, new)) in zip(own, sides).enumerated().reversed() where old != new {
      let shares = upsampling.shares(from: old, to: new)
      if axis == own.count - 2 {
        let turned = (0..<new).flatMap { place in (0..<old).map { shares[$0 * new + place] } }
        map = builder.constant(turned, shape: [new, old]).times(matrix: map)
        continue
      }
      var order = Array(0...own.count)
      order.swapAt(axis + 1, own.count)
      map = map.transposed(order)
        .times(matrix: builder.constant(shares, shape: [old, new])).transposed(order)
    }
    return map
  }

  /// Values no further out than two ends.
  func clipped(from low: Float, to high: Float) -> Term {
    builder.opset >= 11
      ? builder.emit("Clip", [self, builder.scalar(low), builder.scalar(high)])
      : apply("Clip", AttributeProto("max", high), AttributeProto("min", low))
  }

  /// Values of 0 through 1 as bytes, halves rounded up: ⌊255 v + ½⌋.
  var asBytes: Term { (self * 255 + 0.5).apply("Floor").cast(to: .uint8) }
}
