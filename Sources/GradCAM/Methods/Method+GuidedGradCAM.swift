import Diagnostics
import ONNXGraph

extension Method {
  /// Guided backpropagation where Grad-CAM looks: fine as the one, of the class as the other.
  ///
  ///     M = (guided gradient at the input) ⊙ (ReLU(Grad-CAM), enlarged to the input)
  ///
  /// Both come from one run.  The map: the largest magnitude over the colour channels.  Grad-CAM's
  /// map is enlarged bilinearly and not scaled; under the preset `captum` by repetition; under
  /// `pytorch-grad-cam` it is that preset's finished map, from 0 to 1.
  ///
  /// Selvaraju et al., ICCV 2017, section 3.2.
  public static let guidedGradCAM = Method(
    name: "guided-gradcam", title: "Guided Grad-CAM", source: "Selvaraju et al. 2017",
    scope: .layerAndInput, summary: "guided backpropagation times Grad-CAM of a layer",
    needs: Self.rectifiersIn, isSigned: false, inputRules: .guided,
    mapFormula: { layer in layer.weighted(by: layer.channelMeans) },
    graphMap: { context throws(DiagnosticError) in try context.guidedProduct },
    procedure: .passes(first: [.maps, .inputGradient]) { passes throws(DiagnosticError) in
      guard let layer = passes.layers.first, passes.layers.count == 1 else {
        throw .oneLayerOnly(passes.method, given: passes.layers.count)
      }
      let notes = passes.notesOfRectifiers
      let maps = passes.first.maps[0].floats
      return passes.inputGradients.enumerated().map { target, gradient in
        let map = RawMap(of: layer, values: maps, target: target)
        return passes.result(
          passes.product(gradient, passes.enlarged(map)), shown: .largest, notes: notes)
      }
    })
}

extension GraphContext {
  /// The map [T, H, W] of both, as nodes of a baked model.
  fileprivate var guidedProduct: Term {
    get throws(DiagnosticError) {
      guard let layer = layers.first, layers.count == 1 else {
        throw .oneLayerOnly(method, given: layers.count)
      }
      let map = try maps { $0.weighted(by: $0.channelMeans) }[0].cast(to: .float)
      let wide = map.rectified.enlarged(
        from: Array(layer.shape.dropFirst()), to: Array(model.input.places), preset.upsampling)
      return ChannelReduction.largest.map(of: try inputGradient() * wide.unsqueezed([1]))
    }
  }
}

extension MethodPasses {
  /// A layer's map at the input's sides, ready to be multiplied with.
  fileprivate func enlarged(_ map: RawMap) -> [Float] {
    let size = model.input.size
    let positive = map.values.map { max($0, 0) }
    if let depth = model.input.depth {
      return VolumeHeatmap(
        depth: map.depth ?? 1, height: map.height, width: map.width, values: positive,
        evidence: .for, view: photo.view, upsampling: preset.upsampling
      ).values(depth: depth, height: size.height, width: size.width)
    }
    guard preset.resolution == .layer else {
      return Heatmap.fused(
        [map], by: preset.fusion, showing: .for, following: preset, of: size, view: photo.view
      ).values
    }
    return preset.upsampling.enlarged(
      positive, width: map.width, height: map.height, toWidth: size.width, toHeight: size.height)
  }

  /// Values of the input times a number for each place.
  fileprivate func product(_ values: [Float], _ places: [Float]) -> [Float] {
    let count = places.count
    let isFirst = model.input.layout == .nchw
    return values.indices.map {
      values[$0] * places[isFirst ? $0 % count : $0 / model.input.channels]
    }
  }
}
