/// A value seen as feature maps: their size, and how to bring them into one order.
///
/// Whatever the model's order – channels first or last, tokens with a class token, a volume –
/// ``brought(_:)`` writes it as [N, C, H, W] or [N, C, D, H, W].
package struct FeatureMap: Hashable, Sendable {
  /// How the value's axes stand.
  package enum Order: String, Hashable, Sendable {
    /// [N, C, H, W] or [N, C, D, H, W].
    case channelsFirst
    /// [N, H, W, C] or [N, D, H, W, C].
    case channelsLast
    /// The places in one row: [N, T, C], [N, C, T] or [T, N, C].
    case tokens
  }

  package let order: Order
  package let channels: Int
  /// Number of slices of a volume; nil for a picture.
  package let depth: Int?
  package let height: Int
  package let width: Int
  /// Tokens before and after those of the grid, such as a class token.
  package let prefixTokens: Int
  package let suffixTokens: Int
  /// The axis of the batch.
  package let batchAxis: Int
  /// The axis of the tokens, for ``Order/tokens``.
  package let tokenAxis: Int?

  let steps: Steps

  /// What brings a value into order, each step where it is needed: positions cut out of an axis,
  /// axes taken apart, transposed, and joined.
  struct Steps: Hashable, Sendable {
    var cut: Cut?
    var parts: [Int]?
    var order: [Int]
    var sides: [Int]?
  }

  /// Positions of an axis.
  struct Cut: Hashable, Sendable {
    let axis: Int
    let start: Int
    let end: Int
  }

  /// Number of places of all slices.
  package var placeCount: Int { (depth ?? 1) * height * width }

  /// Channels, then the sides of a map.
  package var shape: [Int] { [channels] + [depth].compactMap(\.self) + [height, width] }
}

// MARK: - Bringing values into order

extension FeatureMap {
  /// The term as [N, C, H, W], or [N, C, D, H, W] of a volume, without tokens beside the grid.
  ///
  /// The first side is never written as a number: a cotangent may stand for several targets.
  package func brought(_ term: Term) -> Term {
    var term = term
    if let cut = steps.cut { term = term.sliced(cut.axis, from: cut.start, to: cut.end) }
    if let parts = steps.parts { term = term.reshaped(parts) }
    term = term.transposed(steps.order)
    if let sides = steps.sides { term = term.reshaped(sides) }
    return term
  }

  /// The term with the batch as its first axis, else as the model has it.
  package func withBatchFirst(_ term: Term, rank: Int) -> Term {
    term.transposed([batchAxis] + (0..<rank).filter { $0 != batchAxis })
  }
}
