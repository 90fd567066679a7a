import Diagnostics
import ONNXGraph

extension Method {
  /// RefineCAM: what the maps of several layers agree on.
  ///
  ///     L_l = Grad-CAM++ at layer l, ReLU, scaled to 0 … 1, enlarged to the finest layer
  ///     M = Π_l L_l
  ///
  /// The sharpness of early layers and the meaning of late ones, as pytorch-grad-cam 1.5 and
  /// torchcam 0.5 have it.  Unless layers are named, the last layer of each resolution plays a part;
  /// see ``Model/layers(named:for:)``.  The preset says how maps are scaled and to what size.
  public static let refineCAM = Method(
    name: "refinecam", title: "RefineCAM", source: "pytorch-grad-cam 2025",
    summary: "product of several layers' Grad-CAM++ maps",
    needs: "several layers; unless named, the last of each resolution", sumsChannels: true,
    fusion: .product,
    procedure: .graph { context throws(DiagnosticError) in
      let maps = try context.maps { $0.plusPlus }
      return [context.product(of: maps)]
    })
}

extension GraphContext {
  /// The product of maps [T, H, W] of the layers, each scaled and enlarged.
  fileprivate func product(of maps: [Term]) -> Term {
    let finest = layers.max { $0.map.placeCount < $1.map.placeCount }
    var sides = Array((finest ?? layers[0]).shape.dropFirst())
    if preset.resolution == .input {
      sides = sides.dropLast(2) + [model.input.size.height, model.input.size.width]
    }
    let scaled = zip(layers, maps).map { layer, map in
      let own = Array(layer.shape.dropFirst())
      let part = map.rectified.scaledToOne(own.count, preset.rangeEpsilon)
        .enlarged(from: own, to: sides, preset.upsampling)
      return preset.resolution == .input
        ? part.scaledToOne(sides.count, preset.rangeEpsilon) : part
    }
    return scaled.dropFirst().reduce(scaled[0]) { $0 * $1 }
  }
}

// MARK: - Layers

extension Model {
  /// The last layer of each resolution that every path passes, up to the default layer.
  func lastLayersOfResolutions() throws(DiagnosticError) -> [Layer] {
    let last = try layer(named: nil)
    guard let end = layers.firstIndex(of: last) else { return [last] }
    let before = layers[..<end].filter { layer in
      layer.isOnEveryPath && layer.hasGradient && layer.operatorName != "Input"
        && layer.shape.dropFirst() != last.shape.dropFirst()
    }
    var found: [Layer] = []
    for layer in before.reversed()
    where !found.contains(where: { $0.shape.dropFirst() == layer.shape.dropFirst() }) {
      found.append(layer)
    }
    return found.reversed() + [last]
  }
}
