/// What a model's output is of one image.
public enum OutputKind: Hashable, Sendable {
  /// A list of classes, of which one holds.
  case classes
  /// A list of classes, each of which may hold, or a single one that may.
  case labels
  /// One number without a probability: a regression, or a logit that nothing follows.
  case value
  /// A class for each pixel of a grid: a segmentation; with one class a map of numbers.
  case pixels(ImageSize)
  /// A class for each place of a volume: so many slices of such a grid.
  case voxels(ImageSize, depth: Int)
  /// A list of classes for each of so many positions, such as detections or letters.
  case positions(Int)
}

extension OutputKind: CustomStringConvertible {
  /// In words, for reports.
  public var description: String {
    switch self {
    case .classes: "one of several classes"
    case .labels: "each class by itself"
    case .value: "a number"
    case .pixels(let size): "a class for each of \(size) pixels"
    case .voxels(let size, let depth): "a class for each place of \(depth) slices of \(size)"
    case .positions(let count): "classes at \(count) positions"
    }
  }
}
