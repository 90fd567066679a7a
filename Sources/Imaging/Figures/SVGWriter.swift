#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A finished drawing.
struct SVGDrawing {
  /// The SVG file.
  let text: String

  /// The size in CSS pixels.
  let width, height: Double
}

/// The text of an SVG drawing, element by element.
struct SVGWriter {
  /// Everything between the root's tags, one element a line.
  private(set) var elements: [String] = []

  /// Adds lines of text from a place of the first base line on.
  mutating func add(
    _ lines: [String], in style: FigureText, x: Double, y: Double, anchor: String = "start",
    isTurned: Bool = false
  ) {
    for (index, line) in lines.enumerated() {
      let place = (x: Self.number(x), y: Self.number(y + Double(index) * style.lineHeight))
      let turn = isTurned ? " transform=\"rotate(90 \(place.x) \(place.y))\"" : ""
      elements.append(
        "<text x=\"\(place.x)\" y=\"\(place.y)\" font-size=\"\(Self.number(style.size))\""
          + (style.isBold ? " font-weight=\"bold\"" : "") + " fill=\"\(style.color)\""
          + " text-anchor=\"\(anchor)\"\(turn)>\(XML.escaped(line))</text>")
    }
  }

  /// Adds a picture, stretched to a rectangle.
  mutating func add(
    png: [UInt8], x: Double, y: Double, width: Double, height: Double
  ) {
    elements.append(
      "<image x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" width=\"\(Self.number(width))\""
        + " height=\"\(Self.number(height))\" preserveAspectRatio=\"none\""
        + " href=\"data:image/png;base64,\(Data(png).base64EncodedString())\"/>")
  }

  /// Adds a ring: dark around light, to be seen on any picture.
  mutating func addRing(x: Double, y: Double, radius: Double) {
    for (color, width) in [("#000000", 4.0), ("#ffffff", 2.0)] {
      elements.append(
        "<circle cx=\"\(Self.number(x))\" cy=\"\(Self.number(y))\" r=\"\(Self.number(radius))\""
          + " fill=\"none\" stroke=\"\(color)\" stroke-width=\"\(Self.number(width))\"/>")
    }
  }

  /// Adds a frame: dark around light.
  mutating func addFrame(x: Double, y: Double, width: Double, height: Double) {
    for (color, stroke) in [("#000000", 4.0), ("#ffffff", 2.0)] {
      elements.append(
        "<rect x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" width=\"\(Self.number(width))\""
          + " height=\"\(Self.number(height))\" fill=\"none\" stroke=\"\(color)\""
          + " stroke-width=\"\(Self.number(stroke))\"/>")
    }
  }

  /// Adds the sign of a note, a triangle with an exclamation mark: drawn, for not every font has
  /// it.
  mutating func addSign(x: Double, y: Double, size: Double) {
    let number = { (share: Double, from: Double) in Self.number(from + share * size) }
    let corners = [(0.5, 0.02), (1, 0.92), (0, 0.92)]
      .map { "\(number($0.0, x)),\(number($0.1, y))" }.joined(separator: " ")
    elements.append(
      "<polygon points=\"\(corners)\" fill=\"#ffc20a\" stroke=\"#111111\""
        + " stroke-linejoin=\"round\"/>")
    for (from, to) in [(0.34, 0.6), (0.72, 0.8)] {
      elements.append(
        "<line x1=\"\(number(0.5, x))\" y1=\"\(number(from, y))\" x2=\"\(number(0.5, x))\""
          + " y2=\"\(number(to, y))\" stroke=\"#111111\" stroke-width=\"1.6\"/>")
    }
  }

  /// Adds a thin line.
  mutating func addLine(fromX: Double, toX: Double, y: Double) {
    elements.append(
      "<line x1=\"\(Self.number(fromX))\" y1=\"\(Self.number(y))\" x2=\"\(Self.number(toX))\""
        + " y2=\"\(Self.number(y))\" stroke=\"#333333\"/>")
  }

  /// The whole drawing; `description` is what tools show as its description.
  func text(width: Double, height: Double, description: String?) -> String {
    let size = (width: Self.number(width), height: Self.number(height))
    let head =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(size.width)\" height=\"\(size.height)\""
      + " viewBox=\"0 0 \(size.width) \(size.height)\""
      + " font-family=\"DejaVu Sans, Verdana, sans-serif\">"
    let about = description.map { ["<desc>\(XML.escaped($0))</desc>"] } ?? []
    let paper = "<rect width=\"\(size.width)\" height=\"\(size.height)\" fill=\"#ffffff\"/>"
    return ([head] + about + [paper] + elements + ["</svg>", ""]).joined(separator: "\n")
  }

  /// A number with at most two decimals.
  static func number(_ value: Double) -> String {
    let rounded = (value * 100).rounded() / 100
    return rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
  }
}
