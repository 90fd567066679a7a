import GradCAM
import Imaging

// Charts as SVG within the page.

extension EvaluationPage {
  /// A number of SVG.
  private func number(_ value: Double) -> String { Decimal.text(value, digits: 1) }

  private func figure(_ caption: String, width: Int, height: Int, _ content: String) -> String {
    "<figure><svg width=\"\(width)\" height=\"\(height)\" viewBox=\"0 0 \(width) \(height)\" "
      + "role=\"img\" aria-label=\"\(XML.escaped(caption))\">\(content)</svg>"
      + "<figcaption>\(XML.escaped(caption))</figcaption></figure>\n"
  }

  private func text(_ text: String, x: Double, y: Double, end: Bool = false) -> String {
    "<text x=\"\(number(x))\" y=\"\(number(y))\"\(end ? " text-anchor=\"end\"" : "")>"
      + "\(XML.escaped(text))</text>"
  }

  private func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ attributes: String
  ) -> String {
    "<line x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" y2=\"\(number(y2))\" "
      + "\(attributes)/>"
  }

  /// All finite values of a metric, and the range that shows them.
  private func range(_ metric: Int) -> ClosedRange<Double>? {
    let values = summary.cases.flatMap { one in one.maps.compactMap { $0.values[metric] } }
    guard let low = values.min(), let high = values.max() else { return nil }
    if low >= 0, high <= 1 { return 0...1 }
    return low < high ? low...high : (low - 0.5)...(high + 0.5)
  }

  /// The mean of each way as a point, with its interval as a line.
  func intervalChart(_ metric: Int, _ parts: [EvaluationSummary.Part]) -> String {
    let found = parts.flatMap { part in
      summary.setting.ways.indices.compactMap { summary.value($0, metric, part) }
    }.filter { $0.mean != nil }
    let ends = found.flatMap { value in
      [value.mean, value.interval?.lowerBound, value.interval?.upperBound].compactMap(\.self)
    }
    guard let low = ends.min(), let high = ends.max() else { return "" }
    let room = max((high - low) * 0.05, 1e-6)
    let scale = { (value: Double) in 150 + (value - low + room) / (high - low + 2 * room) * 200 }
    var content = ""
    var y = 14.0
    for part in parts {
      if parts.count > 1 {
        content += text(part == .all ? "all cases" : "centre outside", x: 0, y: y + 4)
        y += 18
      }
      for value in found where value.part == part {
        let color = color(value.way)
        content += text(summary.setting.ways[value.way].title, x: 144, y: y + 4, end: true)
        if let interval = value.interval {
          content += line(
            scale(interval.lowerBound), y, scale(interval.upperBound), y,
            "stroke=\"\(color)\" stroke-width=\"2\"")
        }
        content +=
          "<circle cx=\"\(number(scale(value.mean ?? 0)))\" cy=\"\(number(y))\" r=\"4\" "
          + "fill=\"\(color)\"/>"
        y += 18
      }
    }
    content += line(150, y - 4, 350, y - 4, "class=\"axis\"")
    content += text(EvaluationSummary.number(low), x: scale(low), y: y + 10)
    content += text(EvaluationSummary.number(high), x: scale(high), y: y + 10, end: true)
    return figure("mean and 95 % interval", width: 356, height: Int(y) + 16, content)
  }

  /// How often each value comes, a row a way.
  func distributionChart(_ metric: Int) -> String {
    guard let range = range(metric), !summary.setting.metrics[metric].isBinary else { return "" }
    let bins = 25
    var content = ""
    var y = 0.0
    for way in summary.setting.ways.indices {
      var counts = [Int](repeating: 0, count: bins)
      for one in summary.cases {
        guard let value = one.maps[way].values[metric] else { continue }
        let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
        counts[min(max(Int(share * Double(bins)), 0), bins - 1)] += 1
      }
      let most = Double(max(counts.max() ?? 1, 1))
      content += text(summary.setting.ways[way].title, x: 124, y: y + 24, end: true)
      for (bin, count) in counts.enumerated() where count > 0 {
        let height = 26 * Double(count) / most
        content +=
          "<rect x=\"\(number(130 + Double(bin) * 8))\" y=\"\(number(y + 30 - height))\" width=\"7\" "
          + "height=\"\(number(height))\" fill=\"\(color(way))\"/>"
      }
      content += line(130, y + 30, 330, y + 30, "class=\"axis\"")
      y += 34
    }
    content += text(EvaluationSummary.number(range.lowerBound), x: 130, y: y + 8)
    content += text(EvaluationSummary.number(range.upperBound), x: 330, y: y + 8, end: true)
    return figure("how often each value comes", width: 336, height: Int(y) + 14, content)
  }

  /// The mean curve of each way, where the metric has curves.
  func curveChart(_ metric: Int) -> String {
    var lines: [(way: Int, values: [Double])] = []
    for way in summary.setting.ways.indices {
      let curves = summary.cases.compactMap { $0.maps[way].curves[metric] }
      guard let count = curves.map(\.count).min(), count > 1 else { continue }
      lines.append(
        (
          way,
          (0..<count).map { place in
            curves.reduce(0) { $0 + $1[place] } / Double(curves.count)
          }
        ))
    }
    let all = lines.flatMap(\.values)
    guard let low = all.min(), let high = all.max(), high > low else { return "" }
    let (bottom, top) = (min(low, 0), high)
    var content = "<rect x=\"40\" y=\"4\" width=\"240\" height=\"160\" class=\"frame\"/>"
    for (way, values) in lines {
      let points = values.enumerated().map { place, value in
        let x = 40 + 240 * Double(place) / Double(values.count - 1)
        return "\(number(x)),\(number(164 - 160 * (value - bottom) / (top - bottom)))"
      }
      content +=
        "<polyline points=\"\(points.joined(separator: " "))\" fill=\"none\" "
        + "stroke=\"\(color(way))\" stroke-width=\"1.5\"/>"
    }
    content += text(EvaluationSummary.number(top), x: 36, y: 14, end: true)
    content += text(EvaluationSummary.number(bottom), x: 36, y: 164, end: true)
    content += text("0", x: 40, y: 178) + text("1", x: 280, y: 178, end: true)
    for (place, (way, _)) in lines.enumerated() {
      let y = 14 + 16 * Double(place)
      content += line(292, y - 4, 308, y - 4, "stroke=\"\(color(way))\" stroke-width=\"3\"")
      content += text(summary.setting.ways[way].title, x: 314, y: y)
    }
    return figure(
      "the model's answer while more of the photo is changed, mean over cases", width: 460,
      height: max(184, 14 + 16 * lines.count), content)
  }
}
