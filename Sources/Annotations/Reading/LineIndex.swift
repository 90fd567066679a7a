/// The lines of a text: which one a byte stands in.
struct LineIndex: Sendable {
  /// Where line breaks are, in order.
  private let breaks: [Int]

  /// Finds the lines of a text; a line ends with `\n`.
  init(_ bytes: [UInt8]) {
    breaks = bytes.indices.filter { bytes[$0] == 0x0a }
  }

  /// The line of a byte, counted from 1.
  func line(at offset: Int) -> Int {
    var (low, high) = (0, breaks.count)
    while low < high {
      let middle = (low + high) / 2
      if breaks[middle] < offset { low = middle + 1 } else { high = middle }
    }
    return low + 1
  }
}
