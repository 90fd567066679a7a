import Diagnostics
import ONNXGraph
import ONNXSession

/// A layer's activation as numbers [K, H, W], whatever the model's order.
struct LayerNumbers {
  /// The numbers, channel by channel.
  let values: [Float]
  /// K.
  let channels: Int
  /// H · W.
  let places: Int

  /// The map Σ_k w_k A_k.
  func weighted(by weights: [Float]) -> [Float] {
    var map = [Float](repeating: 0, count: places)
    values.withUnsafeBufferPointer { values in
      map.withUnsafeMutableBufferPointer { map in
        for (channel, weight) in weights.enumerated() where weight != 0 {
          let start = channel * places
          for place in 0..<places { map[place] += weight * values[start + place] }
        }
      }
    }
    return map
  }

  /// The channels whose numbers are not all alike.
  var varied: [Bool] {
    (0..<channels).map { channel in
      let map = values[channel * places..<(channel + 1) * places]
      return map.contains { $0 != map.first }
    }
  }
}

extension MethodPasses {
  /// A layer's value of one image brought into the order of its map.
  ///
  /// - Parameter tensor: [N, …] in the model's order, of which the first image counts.
  func numbers(_ tensor: Tensor, of layer: Layer) throws(DiagnosticError) -> LayerNumbers {
    try LayerNumbers(
      values: arranged(tensor, of: layer, row: 0), channels: layer.channels,
      places: layer.map.placeCount)
  }

  /// A row of a tensor [T, …] brought into the order of the layer's map.
  func arranged(_ tensor: Tensor, of layer: Layer, row: Int) throws(DiagnosticError) -> [Float] {
    let shape = sides(of: layer, tensor)
    guard let positions = layer.map.positions(in: shape) else {
      throw .notRunnable(layer.name, model.file.name)
    }
    let start = row * shape.reduce(1, *)
    let all = tensor.floats
    return positions.map { all[start + $0] }
  }

  /// The sides of a layer's value for one image, where a tensor has several of them first.
  func sides(of layer: Layer, _ tensor: Tensor) -> [Int] {
    var sides = Array(tensor.shape.dropFirst())
    sides.insert(1, at: min(layer.map.batchAxis, sides.count))
    return sides
  }

  /// The part of the model after a layer, and what it starts from: ready for changes.
  func headSeries(
    _ layer: Layer, _ part: GraphPart, _ change: Change, count: Int, batch: Int = 64
  ) -> Series {
    var fed = first.values.filter { part.runValues.contains($0.key) }
    if part.beside.contains(where: { $0.name == model.input.name }) {
      fed[model.input.name] = explainer.image(photo.values)
    }
    return Series(part: part, change: change, fed: fed, count: count, batch: batch)
  }
}
