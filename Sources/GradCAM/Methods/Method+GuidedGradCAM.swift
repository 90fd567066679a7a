import Diagnostics
import Imaging

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

extension MethodPasses {
  /// A layer's map at the input's sides, ready to be multiplied with.
  fileprivate func enlarged(_ map: RawMap) -> [Float] {
    let size = model.input.size
    let isFinished = preset.name == "pytorch-grad-cam"
    var shown = map.values.map { max($0, 0) }
    if isFinished { shown = Self.fromZeroToOne(shown) }
    let positive = RawMap(
      width: map.width, height: map.height, depth: map.depth, values: shown)
    if preset.name == "captum" { return positive.repeated(depth: model.input.depth, to: size) }
    let values =
      if let depth = model.input.depth {
        VolumeHeatmap(
          depth: map.depth ?? 1, height: map.height, width: map.width, values: positive.values,
          evidence: .for, view: photo.view
        ).values(depth: depth, height: size.height, width: size.width)
      } else {
        FloatMap.bilinearUpsampled(
          positive.values, width: map.width, height: map.height, toWidth: size.width,
          toHeight: size.height)
      }
    return isFinished ? Self.fromZeroToOne(values) : values
  }

  /// (v − min) / (10⁻⁷ + max), the maximum taken after the subtraction.
  private static func fromZeroToOne(_ values: [Float]) -> [Float] {
    guard let low = values.min(), let high = values.max() else { return values }
    return values.map { ($0 - low) / (1e-7 + (high - low)) }
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

extension RawMap {
  /// The values at other sides, each place that of the cell it falls into.
  fileprivate func repeated(depth: Int?, to size: ImageSize) -> [Float] {
    let (slices, own) = (depth ?? 1, self.depth ?? 1)
    return (0..<slices).flatMap { slice in
      (0..<size.height).flatMap { row in
        (0..<size.width).map { column in
          let line = (slice * own / slices) * height + row * height / size.height
          return values[line * width + column * width / size.width]
        }
      }
    }
  }
}
