/// How a photo becomes the numbers a model was trained on.
///
/// The photo is brought to the model's size, then each channel c of each pixel v (0 through
/// 255) becomes (v · ``scale`` − mean_c) / std_c.
///
/// ```swift
/// var mine = Preprocessing.imageNet
/// mine.mean = [0.5, 0.5, 0.5]
/// ```
public struct Preprocessing: Hashable, Sendable {
  /// How a photo is brought to the model's size.
  public enum Geometry: String, CaseIterable, Hashable, Sendable {
    /// The shorter side to 8/7 of the size, then the middle cut out: what lies outside is not
    /// seen by the model.
    case crop
    /// Straight to the size, the aspect not kept.
    case squash
  }

  /// The order of the colour channels.
  public enum ChannelOrder: String, CaseIterable, Hashable, Sendable {
    case rgb
    /// Blue first, as Caffe and OpenCV have it.
    case bgr
  }

  /// The name in reports.
  public var name: String
  /// How a photo is brought to the model's size.
  public var geometry: Geometry
  /// The size to use where the model leaves it open.
  public var size: ImageSize?
  /// What pixel values, 0 through 255, are multiplied with.
  public var scale: Float
  /// Subtracted after scaling, a value a channel; one value stands for all channels.
  public var mean: [Float]
  /// Divided by last, a value a channel; one value stands for all channels.
  public var std: [Float]
  /// The order of the colour channels.
  public var channelOrder: ChannelOrder

  /// Makes a preprocessing of your own.
  public init(
    name: String = "custom", geometry: Geometry = .crop, size: ImageSize? = nil,
    scale: Float = 1 / 255, mean: [Float] = [0], std: [Float] = [1],
    channelOrder: ChannelOrder = .rgb
  ) {
    self.name = name
    self.geometry = geometry
    self.size = size
    self.scale = scale
    self.mean = mean
    self.std = std
    self.channelOrder = channelOrder
  }
}

// MARK: - Presets

extension Preprocessing {
  /// torchvision's: shorter side to 256, middle 224, ImageNet's mean and deviation.
  public static let imageNet = Preprocessing(
    name: "imagenet", mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225])

  /// ImageNet's mean and deviation, the photo squeezed straight to the model's size.
  public static let imageNetSquash = Preprocessing(
    name: "imagenet-squash", geometry: .squash, mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225])

  /// TensorFlow's: x / 127.5 − 1.
  public static let tensorFlow = Preprocessing(
    name: "tf", scale: 1 / 127.5, mean: [1], std: [1])

  /// x / 255.
  public static let unit = Preprocessing(name: "unit", geometry: .squash)

  /// Pixel values as they are, 0 through 255.
  public static let raw = Preprocessing(name: "raw", geometry: .squash, scale: 1)

  /// Caffe's: blue, green, red minus their means over ImageNet, not scaled.
  public static let caffe = Preprocessing(
    name: "caffe", scale: 1, mean: [103.939, 116.779, 123.68], channelOrder: .bgr)

  /// Every preset, in the order of listings.
  public static let presets: [Preprocessing] = [
    .imageNet, .imageNetSquash, .tensorFlow, .unit, .raw, .caffe,
  ]

  /// The preset of that name, or nil.
  public static func preset(_ name: String) -> Preprocessing? {
    presets.first { $0.name == name }
  }
}

// MARK: - In words

extension Preprocessing: CustomStringConvertible {
  /// All that decides the numbers, for reports: `imagenet (crop, mean 0.485 0.456 0.406, …)`.
  public var description: String {
    let numbers = { (values: [Float]) in values.map { "\($0)" }.joined(separator: " ") }
    return "\(name) (\(geometry.rawValue), \(channelOrder.rawValue), scale \(scale), "
      + "mean \(numbers(mean)), std \(numbers(std)))"
  }
}
