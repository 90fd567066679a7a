extension Image {
  /// The image as lines of text for a terminal with 24-bit colours.
  ///
  /// Each character is an upper half block, whose ink is one pixel and whose ground is the pixel
  /// below it; every line ends by switching colours off. The image is scaled to `columns`
  /// characters, which are taken to be twice as high as wide.
  public func halfBlocks(columns: Int) -> String {
    let columns = max(columns, 1)
    let rows = max(Int((Double(height * columns) / Double(width)).rounded()), 1)
    let small = resized(width: columns, height: rows)
    var text = ""
    for y in stride(from: 0, to: rows, by: 2) {
      for x in 0..<columns {
        let upper = small[x: x, y: y]
        text += "\u{1b}[38;2;\(upper.red);\(upper.green);\(upper.blue)"
        if y + 1 < rows {
          let lower = small[x: x, y: y + 1]
          text += ";48;2;\(lower.red);\(lower.green);\(lower.blue)"
        }
        text += "m▀"
      }
      text += "\u{1b}[0m\n"
    }
    return text
  }
}
