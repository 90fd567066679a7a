import GradCAM
import Imaging

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension EvaluationPage {
  /// How many of the best and of the worst photos are shown.
  private static let shown = 6
  /// Pixels along the longer side of a photo on the page.
  private static let side = 320

  /// A case, and which photo it is on.
  private struct Example {
    let record: PhotoRecord
    let one: PhotoRecord.Case
    let value: Double
  }

  /// The photos on which the first method did best and worst.
  ///
  /// By the first metric that is more than yes or no; maps are drawn from what was kept of them.
  func extremes() throws(DiagnosticError) -> String {
    let metrics = summary.setting.metrics
    guard let metric = metrics.firstIndex(where: { !$0.isBinary }) ?? metrics.indices.first else {
      return ""
    }
    let sign = metrics[metric].direction == .higher ? -1.0 : 1
    let examples = summary.records.flatMap { record in
      record.cases.compactMap { one in
        one.maps[0].values[metric].map { Example(record: record, one: one, value: $0) }
      }
    }.enumerated().sorted {
      (sign * $0.element.value, $0.offset) < (sign * $1.element.value, $1.offset)
    }.map(\.element)
    guard !examples.isEmpty else { return "" }
    let best = examples.prefix(Self.shown)
    let worst = examples.dropFirst(best.count).suffix(Self.shown).reversed()
    let title = "\(metrics[metric].title), \(summary.setting.ways[0].title)"
    var text =
      "<section>\n<h2>Best and worst photos</h2>\n<p>\(XML.escaped(title)). Maps are drawn "
      + "from \(MapSketch.side) cells along the longer side.</p>\n"
    for (name, list) in [("best", Array(best)), ("worst", Array(worst))] where !list.isEmpty {
      text += "<h3>\(name)</h3>\n<div class=\"photos\">\n"
      for example in list { text += try figure(example) }
      text += "</div>\n"
    }
    return text + "</section>\n"
  }

  private func figure(_ example: Example) throws(DiagnosticError) -> String {
    let photo = try Image(contentsOf: summary.setting.set.folder + example.record.file)
    let scale = min(1, Double(Self.side) / Double(max(photo.width, photo.height)))
    let small = photo.resized(
      width: max(1, Int(Double(photo.width) * scale)),
      height: max(1, Int(Double(photo.height) * scale)))
    let drawn = outlined(
      example.one.maps[0].sketch.overlaid(on: small), example,
      across: Double(small.width)
        / Double(photo.width), down: Double(small.height) / Double(photo.height))
    let data = try Data(drawn.encoded(as: .jpeg)).base64EncodedString()
    let caption =
      "\(example.record.file): \(summary.title(example.one.classIndex)), "
      + "\(EvaluationSummary.number(example.value))"
    return "<figure><img alt=\"\(XML.escaped(caption))\" width=\"\(drawn.width)\" "
      + "height=\"\(drawn.height)\" src=\"data:image/jpeg;base64,\(data)\">"
      + "<figcaption>\(XML.escaped(caption))</figcaption></figure>\n"
  }

  /// The picture with white frames, edged black, around what is of the class.
  private func outlined(
    _ picture: Image, _ example: Example, across: Double, down: Double
  ) -> Image {
    var pixels = picture.pixels
    func paint(_ x: Int, _ y: Int, _ value: UInt8) {
      guard (0..<picture.width).contains(x), (0..<picture.height).contains(y) else { return }
      let at = 3 * (y * picture.width + x)
      for channel in 0..<3 { pixels[at + channel] = value }
    }
    let photo = summary.setting.set.photos.first { $0.file == example.record.file }
    let objects = photo?.objects.filter { $0.category.title == example.one.title } ?? []
    for box in objects.compactMap(\.box) {
      let (left, right) = (Int(box.left * across), Int(box.right * across) - 1)
      let (top, bottom) = (Int(box.top * down), Int(box.bottom * down) - 1)
      guard left <= right, top <= bottom else { continue }
      for (inset, value) in [(0, UInt8(0)), (1, UInt8(255))] {
        for x in left...right {
          paint(x, top + inset, value)
          paint(x, bottom - inset, value)
        }
        for y in top...bottom {
          paint(left + inset, y, value)
          paint(right - inset, y, value)
        }
      }
    }
    return Image(width: picture.width, height: picture.height, pixels: pixels)
  }
}
