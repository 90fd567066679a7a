import GradCAM

/// An input as it was read: what is explained, and what is drawn under the maps.
struct ExplainPicture: Sendable {
  /// The photo, or the first slice of a volume.
  let image: Image
  /// The slices of a volume; none of a picture.
  var slices: [Image] = []
  /// The numbers, where the model takes other bands than a photo's, or volumes.
  var raster: Raster?
  /// Numbers used as they are.
  var array: FloatTensor?
}

extension ExplainPicture {
  /// Reads an input for a model.
  ///
  /// - Parameter bands: which bands are drawn, counted from 0.
  init(
    _ input: ExplainInput, for model: Model, bands: [Int]?
  ) throws(DiagnosticError) {
    guard model.input.takesPhotos else {
      let raster = try Self.raster(of: input, for: model)
      let drawn = bands ?? (raster.bands < 3 ? [0] : [0, 1, 2])
      let images = (0..<raster.slices).map { raster.image(ofSlice: $0, bands: drawn) }
      self.init(
        image: images[0], slices: model.input.depth == nil ? [] : images, raster: raster)
      return
    }
    switch input.source {
    case .file(let path): self.init(image: try Image(contentsOf: path))
    case .bytes(let bytes): self.init(image: try Image(decoding: bytes, name: input.name))
    case .array(let tensor):
      self.init(image: Image(showing: tensor, layout: model.input.layout), array: tensor)
    case .slices(let paths): self.init(image: try Image(contentsOf: paths[0]))
    }
  }

  /// A slice's number with as many digits as the last one has, counted from 0.
  static func sliceName(_ number: Int, of count: Int) -> String {
    let (text, last) = ("\(number)", "\(max(count - 1, 0))")
    return String(repeating: "0", count: max(0, last.count - text.count)) + text
  }

  /// The bands and slices of an input.
  static func raster(
    of input: ExplainInput, for model: Model
  ) throws(DiagnosticError) -> Raster {
    let isVolume = model.input.depth != nil
    var raster: Raster
    switch input.source {
    case .array(let tensor):
      guard let found = Raster(tensor, for: model.input) else {
        throw .arrayOfOtherShape(input.name, tensor.shape, model)
      }
      raster = found
    case .file(let path): raster = try Raster(contentsOf: path)
    case .bytes(let bytes): raster = try Raster(decoding: bytes, name: input.name)
    case .slices(let paths):
      var slices: [Raster] = []
      for path in paths { slices.append(try slice(path, isGray: model.input.channels == 1)) }
      guard let stacked = Raster(stacking: slices) else { throw .slicesOfOtherSizes(input.name) }
      raster = stacked
    }
    if !isVolume, raster.slices > 1 { raster = raster.slicesAsBands }
    return raster
  }

  /// A slice of a volume; of a photo the luma where the model takes one channel.
  private static func slice(_ path: String, isGray: Bool) throws(DiagnosticError) -> Raster {
    let raster = try Raster(contentsOf: path)
    guard isGray, raster.bands == 3 else { return raster }
    return Raster(try Image(contentsOf: path, convertingToSRGB: false), asGray: true)
  }
}

extension Image {
  /// A gray picture of an array's first one or three channels, from their smallest value to their
  /// largest.
  init(showing tensor: FloatTensor, layout: ModelInput.Layout) {
    let sides = tensor.shape.suffix(3) + []
    let shape = sides.count == 3 && sides.allSatisfy { $0 > 0 } ? Array(sides) : [1, 1, 1]
    let (channels, height, width) =
      layout == .nchw ? (shape[0], shape[1], shape[2]) : (shape[2], shape[0], shape[1])
    let shown = channels < 3 ? 1 : 3
    let count = width * height
    var sums = [Float](repeating: 0, count: count)
    if tensor.values.count >= channels * count {
      for channel in 0..<shown {
        for index in 0..<count {
          let at = layout == .nchw ? channel * count + index : index * channels + channel
          sums[index] += tensor.values[at]
        }
      }
    }
    let finite = sums.filter(\.isFinite)
    let low = finite.min() ?? 0
    let range = (finite.max() ?? 1) - low
    let pixels = sums.flatMap { value -> [UInt8] in
      let share = range > 0 ? (value - low) / range : 0
      let gray = share.isFinite ? UInt8(min(max(255 * share, 0), 255)) : 0
      return [gray, gray, gray]
    }
    self.init(width: width, height: height, pixels: pixels)
  }
}
