import Diagnostics
import Imaging

extension Preprocessing {
  /// Brings a raster to the model's size, straight and in all directions, and its numbers to the
  /// model's.
  func applied(to raster: Raster, for input: ModelInput) throws(DiagnosticError) -> PreparedPhoto {
    guard raster.bands == input.channels else { throw .wrongBands(raster.bands, input) }
    guard input.depth != nil || raster.slices == 1 else {
      throw .volumeForPicture(raster.slices, input)
    }
    try checkNumbers(for: input.channels)
    let depth = input.depth ?? 1
    let fitted = raster.resized(
      slices: depth, height: input.size.height, width: input.size.width)
    let count = depth * input.size.height * input.size.width
    var values = fitted.values
    for band in 0..<raster.bands {
      let (factor, offset) = coefficients(band, of: raster.bands)
      for index in band * count..<(band + 1) * count {
        values[index] = (values[index] * factor - offset.mean) / offset.std
      }
    }
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw .notFiniteInput(
        values[index], at: index, shape: [raster.bands, depth, input.size.height, input.size.width])
    }
    if input.layout == .nhwc {
      let planes = values
      for index in 0..<count {
        for band in 0..<raster.bands {
          values[index * raster.bands + band] = planes[band * count + index]
        }
      }
    }
    return PreparedPhoto(
      values: values, view: PhotoView(of: ImageSize(width: raster.width, height: raster.height)))
  }
}

extension Raster {
  /// The raster that an array holds for a model: [C, H, W] or [H, W, C], of a volume [C, D, H, W]
  /// or [D, H, W, C], or without channels where the model has one; nil for other shapes.
  ///
  /// Where both the first and the last side could be the channels, those of the model decide.
  public init?(_ tensor: FloatTensor, for input: ModelInput) {
    let rank = input.depth == nil ? 3 : 4
    var shape = tensor.shape
    if shape.count == rank + 1, shape[0] == 1 { shape.removeFirst() }
    if shape.count == rank - 1, input.channels == 1 { shape.insert(1, at: 0) }
    guard shape.count == rank, shape.allSatisfy({ $0 > 0 }), !tensor.values.isEmpty else {
      return nil
    }
    let isFirst = shape[0] == input.channels
    let isLast = shape[rank - 1] == input.channels
    guard isFirst || isLast else { return nil }
    let bands = input.channels
    let channelsLast = isFirst && isLast ? input.layout == .nhwc : isLast
    let places = Array(channelsLast ? shape.dropLast() : shape.dropFirst())
    var values = tensor.values
    if channelsLast {
      let count = places.reduce(1, *)
      for band in 0..<bands {
        for index in 0..<count {
          values[band * count + index] = tensor.values[index * bands + band]
        }
      }
    }
    self.init(
      bands: bands, slices: rank == 4 ? places[0] : 1, height: places[places.count - 2],
      width: places[places.count - 1], values: values)
  }
}
