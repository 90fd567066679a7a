package import ONNXFormat

/// How nodes name axes.
package enum Axes {
  /// The position an axis or index stands for, counted from the end where it is negative.
  package static func place(_ index: Int, in count: Int) -> Int? {
    let position = index < 0 ? index + count : index
    return (0..<count).contains(position) ? position : nil
  }

  /// The axes a reduction folds, counted from the front; nil where they are not known.
  package static func reduced(
    _ node: NodeProto, rank: Int, integers: [Dimension]?
  ) -> [Int]? {
    let axes: [Int]
    if let named = node.ints("axes") {
      axes = named
    } else if node.input(at: 1) != nil {
      guard let integers else { return nil }
      axes = integers.compactMap(\.value)
      guard axes.count == integers.count else { return nil }
    } else {
      axes = []
    }
    if axes.isEmpty { return node.int("noop_with_empty_axes") == 1 ? [] : Array(0..<rank) }
    let placed = axes.compactMap { place($0, in: rank) }
    return placed.count == axes.count ? Set(placed).sorted() : nil
  }
}
