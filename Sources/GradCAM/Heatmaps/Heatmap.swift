import Imaging
import ONNXGraph

/// A layer's map made ready to look at: normalised, and placed on the photo.
///
/// Values lie in 0 through 1, or −1 through 1 where evidence for and against is shown on one
/// scale.
public struct Heatmap: Hashable, Sendable {
  /// Columns, as many as the layer has.
  public let width: Int
  /// Rows.
  public let height: Int
  /// The values, row by row.
  public let values: [Float]
  /// Which part of the signed map is shown.
  public let evidence: Evidence
  /// What the model saw of the photo; the map covers just that.
  public let view: PhotoView
  /// How cells become pixels.
  public let upsampling: Upsampling
  /// The share of cells that are drawn alike because a few are far larger than all others; 0
  /// where each is drawn as it is.
  public private(set) var clippedShare = 0.0
  /// The cell that was strongest before that.
  private var strongest: Int?
  /// Whether nothing is shown because the map has no evidence of this kind.
  public var isEmpty: Bool { !values.contains { $0 != 0 } }

  /// Makes a heatmap of a raw signed map.
  ///
  /// - For: L = ReLU(M); against: L = ReLU(−M); then (L − min L) / (max L − min L + ε) at the
  ///   layer's resolution, with the preset's ε.
  /// - Both: M / (max |M| + ε), so that zero stays zero.
  init(
    _ map: RawMap, showing evidence: Evidence, following preset: Preset = .paper, view: PhotoView
  ) {
    self.init(
      width: map.width, height: map.height,
      values: Self.normalized(evidence.shown(of: map.values), evidence, preset.rangeEpsilon),
      evidence: evidence, view: view, upsampling: preset.upsampling)
  }

  init(
    width: Int, height: Int, values: [Float], evidence: Evidence, view: PhotoView,
    upsampling: Upsampling = .bilinear
  ) {
    (self.width, self.height, self.values) = (width, height, values)
    (self.evidence, self.view, self.upsampling) = (evidence, view, upsampling)
  }

  /// (L − min) / (max − min + ε), or L / (max |L| + ε) for both signs on one scale.
  static func normalized(
    _ values: [Float], _ evidence: Evidence, _ epsilon: Float = 1e-8
  ) -> [Float] {
    guard let low = values.min(), let high = values.max() else { return values }
    if evidence == .both {
      let largest = max(abs(low), abs(high))
      return values.map { $0 / (largest + epsilon) }
    }
    return values.map { ($0 - low) / (high - low + epsilon) }
  }
}

extension Evidence {
  /// What of a signed map is shown, not yet scaled.
  func shown(of values: [Float]) -> [Float] {
    switch self {
    case .for: values.map { max($0, 0) }
    case .against: values.map { max(-$0, 0) }
    case .both: values
    }
  }
}

// MARK: - The same as nodes of a baked model

extension Heatmap {
  /// The same of each of maps [N, …] with so many axes of places.
  static func normalized(_ maps: Term, rank: Int, _ evidence: Evidence, _ epsilon: Float) -> Term {
    evidence == .both
      ? maps / (maps.magnitude.maximum(Array(1...rank)) + epsilon)
      : maps.scaledToOne(rank, epsilon)
  }
}

extension Evidence {
  /// What of signed maps is shown, not yet scaled, as of numbers.
  func shown(of maps: Term) -> Term {
    switch self {
    case .for: maps.rectified
    case .against: (-maps).rectified
    case .both: maps
    }
  }
}

// MARK: - Few large values

extension Heatmap {
  /// This map with the few largest values drawn alike, and the others on a scale of their own.
  var clippingOutliers: Heatmap {
    let limit = OutlierLimit.magnitude(of: values)
    guard limit > 0 else { return self }
    return Heatmap(
      width: width, height: height, values: values.map { $0 / limit }, evidence: evidence,
      view: view, upsampling: upsampling
    ).clipped
  }

  /// This map with what is beyond −1 and 1 drawn as they are.
  var clipped: Heatmap {
    let outside = values.count { abs($0) > 1 }
    guard outside > 0 else { return self }
    var clipped = Heatmap(
      width: width, height: height, values: values.map { min(max($0, -1), 1) },
      evidence: evidence, view: view, upsampling: upsampling)
    clipped.clippedShare = Double(outside) / Double(values.count)
    clipped.strongest = OutlierLimit.strongest(values)
    return clipped
  }
}

// MARK: - Several layers

extension Heatmap {
  /// The maps of layers as one, in the preset's order of steps: each is scaled at its own
  /// resolution and brought to the largest sides or the input's; then they are joined and, where
  /// the preset says so, scaled again.
  static func fused(
    _ maps: [RawMap], by fusion: Fusion, showing evidence: Evidence, following preset: Preset,
    of input: ImageSize, view: PhotoView
  ) -> Heatmap {
    let heatmaps = maps.map {
      Heatmap($0, showing: evidence, following: preset, view: view)
    }
    let endsAtInput = preset.resolution == .input
    guard heatmaps.count > 1 || endsAtInput else { return heatmaps[0] }
    let width = endsAtInput ? input.width : heatmaps.map(\.width).max() ?? 1
    let height = endsAtInput ? input.height : heatmaps.map(\.height).max() ?? 1
    let layers = heatmaps.map { $0.values(width: width, height: height) }
    let joined =
      layers.count == 1
      ? layers[0] : layers[0].indices.map { place in fusion.combine(layers.map { $0[place] }) }
    let isRescaled = endsAtInput || preset.rescalesFused
    return Heatmap(
      width: width, height: height,
      values: isRescaled ? normalized(joined, evidence, preset.rangeEpsilon) : joined,
      evidence: evidence, view: view, upsampling: preset.upsampling)
  }
}

// MARK: - Several views of one photo

extension Heatmap {
  /// The mean of maps of one size, which are at least one, on the scale they have.
  init(meanOf maps: [Heatmap]) {
    let values = maps[0].values.indices.map { place in
      maps.reduce(0) { $0 + $1.values[place] } / Float(maps.count)
    }
    self.init(
      width: maps[0].width, height: maps[0].height, values: values, evidence: maps[0].evidence,
      view: maps[0].view, upsampling: maps[0].upsampling)
  }
}

// MARK: - At other sizes

extension Heatmap {
  /// The values at another size, as ``upsampling`` says.
  ///
  /// The same as PyTorch's `interpolate(mode="bilinear", align_corners=False)`, or
  /// `interpolate(mode="nearest")`.
  public func values(width: Int, height: Int) -> [Float] {
    upsampling.enlarged(
      values, width: self.width, height: self.height, toWidth: width, toHeight: height)
  }

  /// A value for each pixel of the photo; nil where the model did not see it is 0.
  public var valuesOnPhoto: [Float] {
    let place = view.rounded
    let part = values(width: place.width, height: place.height)
    guard !view.coversPhoto else { return part }
    var whole = [Float](repeating: 0, count: view.photo.width * view.photo.height)
    let columns = max(0, place.x)..<min(view.photo.width, place.x + place.width)
    for row in max(0, place.y)..<min(view.photo.height, place.y + place.height) {
      let from = (row - place.y) * place.width + columns.lowerBound - place.x
      let to = row * view.photo.width + columns.lowerBound
      whole.replaceSubrange(to..<to + columns.count, with: part[from..<from + columns.count])
    }
    return whole
  }

  /// Where the map is strongest, in the photo's pixels: the middle of the strongest cell.
  ///
  /// Nil where the map is empty.
  public var peak: (x: Int, y: Int)? {
    guard !isEmpty, let best = strongest ?? OutlierLimit.strongest(values) else { return nil }
    let (column, row) = (best % width, best / width)
    let x = view.x + (Double(column) + 0.5) * view.width / Double(width)
    let y = view.y + (Double(row) + 0.5) * view.height / Double(height)
    return (
      min(max(Int(x), 0), view.photo.width - 1), min(max(Int(y), 0), view.photo.height - 1)
    )
  }
}

// MARK: - As pictures

extension Heatmap {
  /// The colormap that suits the evidence shown: viridis, or coolwarm for both signs.
  ///
  /// Both can be read with every kind of colour blindness.  Viridis grows evenly in brightness, so
  /// that a print in gray keeps the order too, and no step seems larger than it is, as turbo's and
  /// jet's do; its lowest colour is not black, so that what is under it can still be read.
  public var customaryColormap: Colormap { evidence == .both ? .coolwarm : .viridis }

  /// The photo with the heatmap over it; what the model did not see stays as it is.
  ///
  /// - Parameters:
  ///   - photo: the photo that was explained.
  ///   - colormap: the colours; by default those that suit the evidence.
  ///   - opacity: 0 shows the photo alone, 1 the colours alone.
  /// - Precondition: the photo has the size of the one explained.
  public func overlaid(
    on photo: Image, colormap: Colormap? = nil, opacity: Double = 0.5
  ) -> Image {
    precondition(
      photo.width == view.photo.width && photo.height == view.photo.height,
      "the heatmap belongs to a photo of another size")
    let colormap = colormap ?? customaryColormap
    let place = view.rounded
    guard !view.coversPhoto else {
      return photo.overlaid(with: valuesOnPhoto, colormap: colormap, opacity: opacity)
    }
    let seen = photo.cropped(to: place).overlaid(
      with: values(width: place.width, height: place.height), colormap: colormap,
      opacity: opacity)
    return photo.replacing(place, with: seen)
  }

  /// The heatmap alone, in colours, at the photo's size; what the model did not see has the colour
  /// `outside`.
  public func colored(
    with colormap: Colormap? = nil,
    outside: Image.Color = Image.Color(red: 0, green: 0, blue: 0)
  ) -> Image {
    overlaid(
      on: Image(width: view.photo.width, height: view.photo.height, filledWith: outside),
      colormap: colormap, opacity: 1)
  }
}

extension Image {
  /// The image with a part replaced, as far as it lies within.
  fileprivate func replacing(_ place: PixelRectangle, with part: Image) -> Image {
    var result = pixels
    let columns = max(0, place.x)..<min(width, place.x + place.width)
    for row in max(0, place.y)..<min(height, place.y + place.height) {
      let from = 3 * ((row - place.y) * place.width + columns.lowerBound - place.x)
      let to = 3 * (row * width + columns.lowerBound)
      result.replaceSubrange(
        to..<to + 3 * columns.count, with: part.pixels[from..<from + 3 * columns.count])
    }
    return Image(width: width, height: height, pixels: result, source: source)
  }
}
