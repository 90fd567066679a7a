/// A ninth of a picture, in words.
enum Region {
  /// Where a pixel lies: `upper left`, `top`, `centre`, …
  static func name(x: Int, y: Int, width: Int, height: Int) -> String {
    let column = min(3 * x / max(width, 1), 2), row = min(3 * y / max(height, 1), 2)
    let names = [
      ["upper left", "top", "upper right"], ["left", "centre", "right"],
      ["lower left", "bottom", "lower right"],
    ]
    return names[max(row, 0)][max(column, 0)]
  }
}
