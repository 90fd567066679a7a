import ONNXSession

/// A method's map as it comes out of the graph: signed, at the layer's resolution.
public struct RawMap: Hashable, Sendable {
  /// Columns, as many as the layer has.
  public let width: Int
  /// Rows.
  public let height: Int
  /// Number of slices of a volume's layer; nil for a picture's.
  public let depth: Int?
  /// The values, slice by slice and row by row, in units of the target times the activation.
  public let values: [Float]

  init(width: Int, height: Int, depth: Int? = nil, values: [Float]) {
    (self.width, self.height, self.depth) = (width, height, depth)
    self.values = values
  }

  /// The map of one target at a layer out of those of all, [T, H, W].
  init(of layer: Layer, values: [Float], target: Int) {
    let size = layer.map.placeCount
    self.init(
      width: layer.width, height: layer.height, depth: layer.depth,
      values: Array(values[target * size..<(target + 1) * size]))
  }

  /// The map of one target out of those of all, [T, H, W] or [T, D, H, W]; one map serves all
  /// where it does not depend on the target.
  init(of maps: Tensor, target: Int) {
    self.init(shape: maps.shape, values: maps.floats, target: target)
  }

  /// The same of their shape and values, which are read once for many targets.
  init(shape: [Int], values: [Float], target: Int) {
    let sides = Array(shape.dropFirst())
    let size = sides.reduce(1, *)
    let place = shape[0] == 1 ? 0 : target
    self.init(
      width: sides[sides.count - 1], height: sides[sides.count - 2],
      depth: sides.count > 2 ? sides[0] : nil,
      values: Array(values[place * size..<(place + 1) * size]))
  }

  /// The smallest value.
  public var minimum: Float { values.min() ?? 0 }
  /// The largest value.
  public var maximum: Float { values.max() ?? 0 }

  /// Rows and columns, after slices where it has some.
  public var shape: [Int] { [depth].compactMap(\.self) + [height, width] }
}

// MARK: - Slices

extension RawMap {
  /// A map for each slice of a volume, in order; of a picture's layer the map alone.
  public var slices: [RawMap] {
    guard let depth else { return [self] }
    let size = width * height
    return (0..<depth).map { slice in
      RawMap(
        width: width, height: height, values: Array(values[slice * size..<(slice + 1) * size]))
    }
  }

  /// The mean over the slices: what a volume's layer says of a picture.
  var flattened: RawMap {
    guard let depth, depth > 0 else { return self }
    let size = width * height
    let means = (0..<size).map { place in
      stride(from: place, to: values.count, by: size).reduce(0) { $0 + values[$1] } / Float(depth)
    }
    return RawMap(width: width, height: height, values: means)
  }
}
