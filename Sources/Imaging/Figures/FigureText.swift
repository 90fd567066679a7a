/// A face and size that a figure's text is set in, and how much room text takes in it.
struct FigureText: Hashable {
  /// The height of the font in CSS pixels.
  let size: Double

  /// Whether the face is bold.
  let isBold: Bool

  /// The colour.
  let color: String

  /// From one base line to the next.
  var lineHeight: Double { (size * 1.3).rounded(.up) }

  /// The title of a figure.
  static let heading = Self(size: 18, isBold: true, color: "#111111")

  /// The title of a panel.
  static let title = Self(size: 14, isBold: true, color: "#111111")

  /// The text below a panel, and the numbers of a colour bar.
  static let caption = Self(size: 12, isBold: false, color: "#333333")

  /// What must be known to not misread a picture.
  static let note = Self(size: 12, isBold: false, color: "#111111")

  /// The text below everything.
  static let footer = Self(size: 11, isBold: false, color: "#666666")
}

// MARK: - Measuring

extension FigureText {
  /// The width of a text.
  ///
  /// Latin text has DejaVu's widths; of the rest, scripts that are set in squares take a full
  /// size a character, marks that combine take none, and others what is wide among letters.
  func width(of text: some StringProtocol) -> Double {
    let table = isBold ? FontWidths.bold : FontWidths.regular
    let hundredths = text.unicodeScalars.reduce(0) { sum, scalar in
      switch scalar.value {
      case 0x20...0x7e: sum + Int(table[Int(scalar.value) - 0x20])
      case 0xa0...0xff: sum + Int(table[Int(scalar.value) - 0xa0 + 95])
      case 0x300...0x36f, 0x200b...0x200f, 0xfe00...0xfe0f: sum
      case 0x1100...0x11ff, 0x2e80...0xd7ff, 0xf900...0xfaff, 0xff00...0xff60, 0x1f000...:
        sum + 105
      default: sum + 85
      }
    }
    return Double(hundredths) / 100 * size
  }

  /// The text in lines no wider than `width`, at most `limit` of them.
  ///
  /// Lines break at spaces, and within a word only if it alone is too wide. What is left after the
  /// last line is replaced by an ellipsis.
  func lines(of text: String, width: Double, limit: Int) -> [String] {
    var lines: [String] = []
    for paragraph in text.split(separator: "\n") {
      var line = ""
      for word in paragraph.split(separator: " ") {
        let joined = line.isEmpty ? String(word) : "\(line) \(word)"
        if self.width(of: joined) <= width {
          line = joined
          continue
        }
        if !line.isEmpty { lines.append(line) }
        line = String(word)
        while lines.count <= limit, self.width(of: line) > width {
          let fitting = prefix(of: line, width: width)
          lines.append(fitting)
          line = String(line.dropFirst(fitting.count))
        }
      }
      if !line.isEmpty { lines.append(line) }
      if lines.count > limit { break }
    }
    guard lines.count > limit, limit > 0 else { return lines }
    let last = prefix(of: lines[limit - 1] + " ", width: width - self.width(of: "…"))
    let end = last.lastIndex { $0 != " " }.map(last.index(after:)) ?? last.startIndex
    return lines[..<(limit - 1)] + [last[..<end] + "…"]
  }

  /// As many characters as fit, at least one.
  private func prefix(of text: String, width: Double) -> String {
    var fitting = ""
    for character in text {
      guard fitting.isEmpty || self.width(of: fitting + String(character)) <= width else { break }
      fitting.append(character)
    }
    return fitting
  }
}
