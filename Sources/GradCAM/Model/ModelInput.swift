import Diagnostics
import ONNXFormat

/// The image or volume a model takes: its name, size and layout, as far as the model states them.
public struct ModelInput: Hashable, Sendable {
  /// Where the channels stand in the input.
  public enum Layout: String, CaseIterable, Hashable, Sendable {
    /// [N, C, H, W], as PyTorch exports; of a volume [N, C, D, H, W].
    case nchw
    /// [N, H, W, C], as TensorFlow exports; of a volume [N, D, H, W, C].
    case nhwc
  }

  /// The input's name in the model.
  public let name: String
  /// 1 for gray, 3 for colour, more for other bands.
  public let channels: Int
  /// The size the model is read for.
  public let size: ImageSize
  /// Number of slices of a volume; nil for a picture.
  public let depth: Int?
  /// Whether the model leaves height, width or depth open.
  public let hasOpenSize: Bool
  /// Where the channels stand.
  public let layout: Layout
  /// The number of images every run must hold, where the model fixes it.
  public let fixedBatch: Int?
  /// Whether pixels are fed as bytes, 0 through 255, instead of floats.
  public let takesBytes: Bool
  /// The type of the numbers fed.
  let elementType: ElementType
  /// The name of the type of the numbers fed, such as `float32`, `float16` or `uint8`.
  public var numberType: String { elementType.description }

  /// The size assumed where neither the model nor the caller states one.
  static let customarySize = ImageSize(width: 224, height: 224)

  /// The depth assumed where nothing states one.
  static let customaryDepth = 16

  init(
    of file: ModelFile, named name: String? = nil, assuming size: ImageSize?, depth: Int? = nil,
    layout: Layout? = nil
  ) throws(DiagnosticError) {
    let input = try Self.image(of: file, named: name)
    let sides = input.type.tensorType.shape.dim.map { Int(clamping: $0.dimValue) }
    let stated = Self.statedLayout(sides)
    if let layout, let stated, layout != stated {
      throw .layoutContradictsModel(layout, sides: sides, input: input.name, model: file.name)
    }
    let isLast = (layout ?? stated) == .nhwc
    let channels = isLast ? sides[sides.count - 1] : sides[1]
    let places = Array(isLast ? sides[1..<(sides.count - 1)] : sides[2...])
    let (height, width) = (places[places.count - 2], places[places.count - 1])
    guard places.allSatisfy({ $0 <= 1 << 16 }), channels <= 1 << 12 else {
      throw .hugeInput(input.name, sides: sides, model: file.name)
    }
    let slices = places.count == 3 ? places[0] : nil
    self.name = input.name
    self.layout = isLast ? .nhwc : .nchw
    self.channels = channels > 0 ? channels : 3
    hasOpenSize = !places.allSatisfy { $0 > 0 }
    self.depth = slices.map { $0 > 0 ? $0 : max(1, depth ?? Self.customaryDepth) }
    let assumed = size ?? Self.customarySize
    self.size = ImageSize(
      width: width > 0 ? width : assumed.width, height: height > 0 ? height : assumed.height)
    fixedBatch = sides[0] > 0 ? sides[0] : nil
    elementType = ElementType(rawValue: input.type.tensorType.elemType)
    takesBytes = elementType == .uint8
    if let size, size != self.size {
      throw .sizeContradictsModel(size, self.size, input: input.name, model: file.name)
    }
  }

  /// The layout that the sides tell: just one of the second and the last is as small as a number
  /// of channels, or the others are rows and columns of a square; nil where they leave it open.
  private static func statedLayout(_ sides: [Int]) -> Layout? {
    let isFew = { (side: Int) in (1...4).contains(side) }
    let (first, last) = (sides[1], sides[sides.count - 1])
    if isFew(first) != isFew(last) { return isFew(last) ? .nhwc : .nchw }
    guard !isFew(first), sides.count == 4, sides[1...].allSatisfy({ $0 > 0 }) else { return nil }
    let isSquare = (first: sides[2] == last, last: first == sides[2])
    guard isSquare.first != isSquare.last else { return nil }
    return isSquare.last ? .nhwc : .nchw
  }

  /// The shape of one image as fed, the batch open.
  var sides: [Int] { [-1] + imageShape }

  /// The shape of one image as fed, without the batch.
  var imageShape: [Int] {
    layout == .nchw ? [channels] + places : places + [channels]
  }

  /// Rows and columns, after slices where it has some.
  var places: [Int] { [depth].compactMap(\.self) + [size.height, size.width] }

  /// Whether a photo's pixels can be it: a picture of one or three channels.
  public var takesPhotos: Bool { depth == nil && (channels == 1 || channels == 3) }
}
