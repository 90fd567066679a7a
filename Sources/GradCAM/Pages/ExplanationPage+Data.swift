import Imaging

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension ExplanationPage {
  /// What the page's script reads.
  struct Contents: Encodable {
    struct Size: Encodable {
      let width, height: Int
    }
    struct View: Encodable {
      let x, y, width, height: Double
    }
    struct Picker: Encodable {
      let title: String
      let choices: [String]
    }
    struct Colors: Encodable {
      let name: String
      let isDiverging: Bool
      /// Red, green and blue of 256 values, in base64.
      let colors: String
    }
    struct Map: Encodable {
      let choices: [Int]
      let width, height: Int
      /// 16-bit integers, lowest byte first, of which 32767 stands for 1, in base64.
      let values: String
      let view: View
      let isDiverging, isNearest: Bool
      let limit: Float?
      let colormap, title, meaning, details: String
      let notes: [String]
    }

    let title: String
    /// The photo's own size.
    let photo: Size
    /// The size at which it is embedded and maps are drawn.
    let canvas: Size
    let pickers: [Picker]
    let maps: [Map]
    let colormaps: [Colors]
    let notes: [String]
  }

  /// The longest side at which a photo is embedded.
  private static let longestSide = 1600.0

  /// The photo as it is embedded.
  var embedded: Image {
    let scale = min(1, Self.longestSide / Double(max(photo.width, photo.height)))
    let side = { (side: Int) in max(1, Int((Double(side) * scale).rounded())) }
    return photo.resized(width: side(photo.width), height: side(photo.height))
  }

  /// What the script reads, for a photo embedded at a size.
  func contents(_ embedded: Image) -> Contents {
    Contents(
      title: title, photo: .init(width: photo.width, height: photo.height),
      canvas: .init(width: embedded.width, height: embedded.height),
      pickers: pickers.map { .init(title: $0.title, choices: $0.choices) },
      maps: maps.map(Self.contents),
      colormaps: Colormap.all.map { colormap in
        .init(
          name: colormap.name, isDiverging: colormap.isDiverging,
          colors: Data(colormap.bytes).base64EncodedString())
      },
      notes: notes)
  }

  private static func contents(_ map: Map) -> Contents.Map {
    let heatmap = map.heatmap
    let isDiverging = heatmap.evidence == .both
    var bytes: [UInt8] = []
    bytes.reserveCapacity(2 * heatmap.values.count)
    for value in heatmap.values {
      let bounded = value.isNaN ? 0 : min(max(value, -1), 1)
      let number = UInt16(bitPattern: Int16((bounded * 32767).rounded()))
      bytes += [UInt8(number & 0xff), UInt8(number >> 8)]
    }
    let view = heatmap.view
    return Contents.Map(
      choices: map.choices, width: heatmap.width, height: heatmap.height,
      values: Data(bytes).base64EncodedString(),
      view: .init(x: view.x, y: view.y, width: view.width, height: view.height),
      isDiverging: isDiverging, isNearest: heatmap.upsampling == .nearest, limit: map.limit,
      colormap: (map.colormap ?? heatmap.customaryColormap).name, title: map.title,
      meaning: map.meaning, details: map.details, notes: map.notes)
  }
}
