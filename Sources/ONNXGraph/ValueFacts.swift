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

  /// What its axes run over: where a picture's places and the channels stand.
  package var arrangement: Arrangement?

  package init(
    type: ElementType? = nil, shape: Shape? = nil, integers: [Dimension]? = nil,
    floats: [Float]? = nil, arrangement: Arrangement? = nil
  ) {
    self.type = type
    self.shape = shape
    self.integers = integers
    self.floats = floats
    self.arrangement = arrangement
  }

  /// These facts, with what they leave open taken from others.
  package func filled(from other: ValueFacts) -> ValueFacts {
    ValueFacts(
      type: type ?? other.type,
      shape: merged(shape, other.shape),
      integers: integers ?? other.integers,
      floats: floats ?? other.floats,
      arrangement: arrangement ?? other.arrangement)
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
    if arrangement?.axes.count != facts.shape?.count { facts.arrangement = nil }
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
  /// The value as feature maps, or nil where it is none.
  ///
  /// One of rank 4 of which nothing is known counts as [N, C, H, W].
  package var featureMap: FeatureMap? {
    guard let shape, integers == nil, type?.isFloatingPoint ?? true else { return nil }
    if let arrangement { return FeatureMap(arrangement, shape: shape) }
    return shape.count == 4 ? FeatureMap(.channelsFirst(shape), shape: shape) : nil
  }
}
