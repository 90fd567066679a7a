import ArgumentParser
import GradCAM

/// Rows and columns of a baked heatmap.
struct HeatmapSize: ExpressibleByArgument {
  /// The choice.
  let size: BakingOptions.Size

  init(size: BakingOptions.Size) { self.size = size }

  /// Reads `layer`, `input`, or rows and columns such as `112x80`.
  init?(argument: String) {
    switch argument {
    case "layer": size = .layer
    case "input": size = .input
    default:
      guard let sides = GridSides(argument: argument), sides.height <= 8192, sides.width <= 8192
      else { return nil }
      size = .pixels(ImageSize(width: sides.width, height: sides.height))
    }
  }

  /// As it is written.
  var defaultValueDescription: String { size.description }
}

/// The numbers of a baked heatmap, a flag each.
enum HeatmapNumbers: String, EnumerableFlag {
  case normalize, raw, uint8

  /// The library's word for it.
  var values: BakingOptions.Values {
    switch self {
    case .normalize: .normalized
    case .raw: .raw
    case .uint8: .bytes
    }
  }
}
