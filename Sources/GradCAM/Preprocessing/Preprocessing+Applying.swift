import Diagnostics
import Imaging

/// A photo as the numbers a model takes, and where on the photo they come from.
struct PreparedPhoto {
  /// One image in the model's layout.
  let values: [Float]
  /// What the model sees of the photo.
  let view: PhotoView

  /// The largest less the smallest number.
  var range: Float {
    guard let low = values.min(), let high = values.max() else { return 0 }
    return high - low
  }

  /// The numbers with noise; nothing is drawn for a deviation of zero.
  func noisyValues(_ deviation: Float, _ draws: inout SeededDraws) -> [Float] {
    guard deviation > 0 else { return values }
    return values.map { $0 + deviation * Float(draws.normal()) }
  }
}

extension Preprocessing {
  /// Throws where the numbers do not fit a model's channels.
  func check(for input: ModelInput) throws(DiagnosticError) {
    guard input.takesPhotos else { throw .photoForNoPhoto(input) }
    try checkNumbers(for: input.channels)
  }

  /// Throws where the numbers do not fit so many channels.
  func checkNumbers(for channels: Int) throws(DiagnosticError) {
    for (name, values) in [("mean", mean), ("std", std)] {
      // A gray input takes three values by their average, as one would by hand.
      guard values.count == 1 || values.count == channels || values.count == 3 && channels == 1
      else { throw .wrongChannelCount(name, values.count, channels) }
      guard values.allSatisfy(\.isFinite) else { throw .notFinite(name) }
    }
    guard scale.isFinite, !std.contains(0) else { throw .notFinite("std") }
  }

  /// Brings a photo to the model's size and its pixels to the model's numbers.
  func applied(to photo: Image, for input: ModelInput) -> PreparedPhoto {
    let (image, view) = fitted(photo, to: input.size)
    let count = image.width * image.height
    let isGray = input.channels == 1
    let planes: [Int] = isGray ? [0] : channelOrder == .rgb ? [0, 1, 2] : [2, 1, 0]
    let source = isGray ? image.gray : image.pixels
    let step = isGray ? 1 : 3
    var values = [Float](repeating: 0, count: count * planes.count)
    for (channel, plane) in planes.enumerated() {
      let (factor, offset) = coefficients(channel, of: input.channels)
      // Each of 256 values is computed once, the way PyTorch does: divide, subtract, divide.
      let table = (0..<256).map { (Float($0) * factor - offset.mean) / offset.std }
      let (start, stride) =
        input.layout == .nchw ? (channel * count, 1) : (channel, planes.count)
      for index in 0..<count {
        values[start + index * stride] = table[Int(source[index * step + plane])]
      }
    }
    return PreparedPhoto(values: values, view: view)
  }

  /// What a channel is multiplied with, and then subtracted and divided by.
  func coefficients(
    _ channel: Int, of count: Int
  ) -> (factor: Float, offset: (mean: Float, std: Float)) {
    func value(_ list: [Float]) -> Float {
      if list.count == count { return list[channel] }
      return list.reduce(0, +) / Float(list.count)
    }
    return (scale, (value(mean), value(std)))
  }

  private func fitted(_ photo: Image, to size: ImageSize) -> (Image, PhotoView) {
    let whole = ImageSize(width: photo.width, height: photo.height)
    let view = view(of: whole, for: size)
    guard let (scaled, cut) = crop(of: whole, for: size) else {
      return (
        whole == size ? photo : photo.resized(width: size.width, height: size.height), view
      )
    }
    return (photo.resized(width: scaled.width, height: scaled.height).cropped(to: cut), view)
  }

  /// What a model that takes images of a size sees of a photo.
  func view(of photo: ImageSize, for size: ImageSize) -> PhotoView {
    guard let (scaled, cut) = crop(of: photo, for: size) else { return PhotoView(of: photo) }
    return PhotoView(of: photo, scaledTo: (scaled.width, scaled.height), cut: cut)
  }

  /// The size to which a photo is scaled, and what is cut out of that; nil where all of it is
  /// squeezed.
  private func crop(
    of photo: ImageSize, for size: ImageSize
  ) -> (scaled: ImageSize, cut: PixelRectangle)? {
    guard geometry == .crop else { return nil }
    // 224 of 256: torchvision's ratio, kept for other sizes.
    let shorter = Int((Double(min(size.width, size.height)) * 256 / 224).rounded())
    let scaled = Image.size(of: (photo.width, photo.height), withShorterSide: shorter)
    let cut = PixelRectangle(width: size.width, height: size.height, amid: scaled)
    return (ImageSize(width: scaled.width, height: scaled.height), cut)
  }
}
