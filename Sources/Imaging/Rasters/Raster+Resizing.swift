extension Raster {
  /// The raster at other sides, by straight lines between neighbours, widened when shrinking so
  /// that nothing is passed over; bands stay.
  ///
  /// In a plane the same as Pillow's `resize` of a float picture with `BILINEAR`; slices alike.
  public func resized(slices newSlices: Int, height newHeight: Int, width newWidth: Int) -> Raster {
    var values = self.values
    // Along columns, rows and slices, each as [outer, side, inner].
    let sides = [(width, newWidth), (height, newHeight), (slices, newSlices)]
    var inner = 1
    for (axis, (side, newSide)) in sides.enumerated() {
      if side != newSide {
        let outer = values.count / (side * inner)
        values = Self.resized(values, outer: outer, side: side, to: newSide, inner: inner)
      }
      inner *= axis < 2 ? newSide : 1
    }
    return Raster(
      bands: bands, slices: newSlices, height: newHeight, width: newWidth, values: values)
  }

  private static func resized(
    _ values: [Float], outer: Int, side: Int, to newSide: Int, inner: Int
  ) -> [Float] {
    let stops = (0..<newSide).map { weights(of: $0, side: side, to: newSide) }
    var result = [Float](repeating: 0, count: outer * newSide * inner)
    values.withUnsafeBufferPointer { from in
      result.withUnsafeMutableBufferPointer { to in
        for block in 0..<outer {
          for (place, stop) in stops.enumerated() {
            let target = (block * newSide + place) * inner
            for (offset, weight) in stop.weights.enumerated() {
              let source = (block * side + stop.start + offset) * inner
              for index in 0..<inner { to[target + index] += from[source + index] * weight }
            }
          }
        }
      }
    }
    return result
  }

  /// What a place takes of the source: w(j) = f((j + ½ − c) / max(s, 1)) with s = source / target,
  /// c = (i + ½) s and f a triangle, normalised to Σ w = 1.
  private static func weights(
    of place: Int, side: Int, to newSide: Int
  ) -> (start: Int, weights: [Float]) {
    let scale = Double(side) / Double(newSide)
    let stretch = max(scale, 1)
    let center = (Double(place) + 0.5) * scale
    let start = max(Int(center - stretch + 0.5), 0)
    let end = max(min(Int(center + stretch + 0.5), side), start + 1)
    let exact = (start..<end).map { max(1 - abs((Double($0) + 0.5 - center) / stretch), 0) }
    let sum = exact.reduce(0, +)
    return (start, exact.map { Float(sum == 0 ? 1 / Double(exact.count) : $0 / sum) })
  }
}
