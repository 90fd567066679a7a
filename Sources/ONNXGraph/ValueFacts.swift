package import ONNXFormat

/// What is known of a value without running the model.
package struct ValueFacts: Hashable, Sendable {
  /// The type of its elements.
  package var type: ElementType?

  /// Its shape, with the batch kept symbolic.
  package var shape: Shape?

  /// Its elements in order, where it is a small integer tensor: this is what folds the chains
  /// of Shape, Gather and Concat that exporters write for a reshape.
  package var integers: [Dimension]?

  /// Where its channels stand, for a value of rank 4.
  package var layout: Layout?

  package init(
    type: ElementType? = nil, shape: Shape? = nil, integers: [Dimension]? = nil,
    layout: Layout? = nil
  ) {
    self.type = type
    self.shape = shape
    self.integers = integers
    self.layout = layout
  }

  /// Where the channels of a feature map stand.
  package enum Layout: String, Hashable, Sendable {
    /// [N, C, H, W].
    case channelsFirst
    /// [N, H, W, C].
    case channelsLast
  }

  /// These facts, with what they leave open taken from others.
  package func filled(from other: ValueFacts) -> ValueFacts {
    ValueFacts(
      type: type ?? other.type,
      shape: merged(shape, other.shape),
      integers: integers ?? other.integers,
      layout: layout ?? other.layout)
  }

  private func merged(_ mine: Shape?, _ theirs: Shape?) -> Shape? {
    guard let mine else { return theirs }
    guard let theirs, theirs.count == mine.count else { return mine }
    return zip(mine, theirs).map { $0 == .unknown ? $1 : $0 }
  }
}

// MARK: - Spatial values

extension ValueFacts {
  /// Channels, height and width of a feature map with more than one position, or nil where
  /// the value is none.
  package var featureMap: (channels: Int, height: Int, width: Int)? {
    guard let shape, shape.count == 4, integers == nil, type?.isFloatingPoint ?? true else {
      return nil
    }
    let axes = layout == .channelsLast ? (3, 1, 2) : (1, 2, 3)
    guard let channels = shape[axes.0].value, let height = shape[axes.1].value,
      let width = shape[axes.2].value, height > 0, width > 0, height * width > 1
    else { return nil }
    return (channels, height, width)
  }
}
