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

  /// Its elements in order, where it is a small constant of floats, such as the scales of a
  /// Resize.
  package var floats: [Float]?

  /// Where its channels stand, for a value of rank 4.
  package var layout: Layout?

  package init(
    type: ElementType? = nil, shape: Shape? = nil, integers: [Dimension]? = nil,
    floats: [Float]? = nil, layout: Layout? = nil
  ) {
    self.type = type
    self.shape = shape
    self.integers = integers
    self.floats = floats
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
      floats: floats ?? other.floats,
      layout: layout ?? other.layout)
  }

  private func merged(_ mine: Shape?, _ theirs: Shape?) -> Shape? {
    guard let mine else { return theirs }
    guard let theirs, theirs.count == mine.count else { return mine }
    return zip(mine, theirs).map { $0 == .unknown ? $1 : $0 }
  }
}

// MARK: - Bounds

extension ValueFacts {
  /// The highest rank that is believed; real models stay below ten.
  static let rankLimit = 64

  /// The largest side that is believed, so that sums of sides cannot overflow.
  package static let sideLimit = 1 << 40

  /// The largest tensor whose contents are followed.
  static let contentLimit = 1 << 14

  /// How many elements are followed in all of a graph: a file of many small nodes must not fill
  /// the memory.
  static let contentBudget = 1 << 22

  /// These facts without what cannot be true, for a file may claim anything: sides below zero or
  /// past all memory, contents that do not fill the shape.
  var bounded: ValueFacts {
    var facts = self
    facts.shape = shape.flatMap { $0.count > Self.rankLimit ? nil : $0.map(\.bounded) }
    let count = facts.shape?.product.value
    let fits = { (held: Int) in held <= Self.contentLimit && held == count ?? held }
    facts.integers = integers.flatMap { fits($0.count) ? $0 : nil }
    facts.floats = floats.flatMap { fits($0.count) ? $0 : nil }
    return facts
  }
}

extension Dimension {
  /// The side, unknown where no tensor could have it.
  fileprivate var bounded: Dimension {
    switch self {
    case .fixed(let side) where side < 0 || side > ValueFacts.sideLimit: .unknown
    case .batch(let factor) where factor <= 0 || factor > ValueFacts.sideLimit: .unknown
    default: self
    }
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
      let width = shape[axes.2].value, height > 0, width > 0, height > 1 || width > 1
    else { return nil }
    return (channels, height, width)
  }
}
