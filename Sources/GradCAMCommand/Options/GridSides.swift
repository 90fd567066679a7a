import ArgumentParser

/// Rows and columns, as in `14x14`.
struct GridSides: ExpressibleByArgument {
  let height: Int
  let width: Int

  /// Reads `HxW`, both above zero.
  init?(argument: String) {
    let sides = argument.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard sides.count == 2, let height = sides[0], let width = sides[1], height > 0, width > 0
    else { return nil }
    (self.height, self.width) = (height, width)
  }
}
