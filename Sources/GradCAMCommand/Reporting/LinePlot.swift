import Imaging

/// Curves over steps, drawn as SVG.
struct LinePlot {
  let title: String
  /// What stands below each step.
  let labels: [String]
  /// Curves with their names, a value for each step.
  let curves: [(name: String, values: [Double])]

  private static let colors = ["#4477aa", "#ee6677", "#228833", "#aa8800", "#66ccee", "#aa3377"]

  /// The picture; 1 is at its top, and the bottom is 0 or the lowest value, whichever is lower.
  var svg: String {
    let (left, top, width, height) = (46.0, 30.0, 460.0, 200.0)
    let low = min(0, curves.flatMap(\.values).min() ?? 0)
    let x = { (index: Int) in
      left + width * (labels.count < 2 ? 0.5 : Double(index) / Double(labels.count - 1))
    }
    let y = { (value: Double) in top + height * (1 - (value - low) / (1 - low)) }
    let text = { (value: Double) in Decimal.text(value, digits: 1) }
    var parts = [
      "<text x=\"\(left)\" y=\"16\" font-weight=\"600\">\(XML.escaped(title))</text>"
    ]
    for value in [0, 0.5, 1] + (low < -0.1 ? [low] : []) {
      parts.append(
        "<path d=\"M\(left) \(text(y(value)))h\(width)\" stroke=\"#8886\"/>"
          + "<text x=\"\(left - 6)\" y=\"\(text(y(value) + 4))\" text-anchor=\"end\">\(text(value))</text>"
      )
    }
    for (place, curve) in curves.enumerated() {
      let color = Self.colors[place % Self.colors.count]
      let path = curve.values.enumerated().map { index, value in
        "\(index == 0 ? "M" : "L")\(text(x(index))) \(text(y(value)))"
      }
      parts.append(
        "<path d=\"\(path.joined())\" fill=\"none\" stroke=\"\(color)\" stroke-width=\"2\"/>")
      for (index, value) in curve.values.enumerated() {
        parts.append(
          "<circle cx=\"\(text(x(index)))\" cy=\"\(text(y(value)))\" r=\"3\" fill=\"\(color)\"/>")
      }
      parts.append(
        "<text x=\"\(left + width + 12)\" y=\"\(text(top + 14 + 18 * Double(place)))\" "
          + "fill=\"\(color)\">\(XML.escaped(curve.name))</text>")
    }
    for (index, label) in labels.enumerated() {
      let short = label.count > 26 ? "…" + label.suffix(25) : label
      let (a, b) = (text(x(index)), text(top + height + 14))
      parts.append(
        "<text transform=\"translate(\(a) \(b)) rotate(35)\">\(XML.escaped(short))</text>")
    }
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"640\" height=\"360\" "
      + "viewBox=\"0 0 640 360\" font-size=\"11\" fill=\"currentColor\">\(parts.joined())</svg>"
  }
}
