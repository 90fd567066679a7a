/// What each axis of a value runs over: the images of a batch, the places of a picture, or
/// anything else, such as channels.
///
/// A fact that is inferred node by node like a shape.  Each axis is a product of parts, so that
/// what regroups elements – patches to tokens, tokens to windows and heads, and back – only moves
/// parts, and the grid of any tokens follows from the convolution that cut the patches.
package struct Arrangement: Hashable, Sendable {
  /// The parts each axis is a product of, the part that moves slowest first; an axis of side 1
  /// may have none.
  package private(set) var axes: [[Part]]

  /// An arrangement in its simplest form.
  package init(_ axes: [[Part]]) {
    self.axes = Self.simplest(axes.map(Self.merged))
  }

  /// One factor of an axis.
  package enum Part: Hashable, Sendable {
    /// The images of a batch.
    case batch(Dimension)
    /// Rows, columns or slices of the picture, or some of their positions.
    case place(Place)
    /// A row of tokens: places of the picture, with tokens beside them that stand for none.
    case tokens(before: Int, [Place], after: Int)
    /// Anything else.
    case other(Dimension)
  }

  /// The directions of a picture or volume.
  package enum Direction: Int, Hashable, Sendable, CaseIterable {
    case depth, height, width
  }

  /// Positions along one direction: those of `total` that a number of this many steps, each
  /// `stride` wide, tells apart.
  package struct Place: Hashable, Sendable {
    package var direction: Direction
    package var size: Int
    package var stride: Int
    /// Number of positions of the whole direction.
    package var total: Int

    /// A whole direction.
    package init(_ direction: Direction, _ total: Int) {
      self.init(direction, size: total, stride: 1, total: total)
    }

    package init(_ direction: Direction, size: Int, stride: Int, total: Int) {
      self.direction = direction
      self.size = size
      self.stride = stride
      self.total = total
    }
  }
}

// MARK: - Common arrangements

extension Arrangement {
  /// [N, C, H, W] or [N, C, D, H, W]; nothing but the batch is known of other ranks.
  package static func channelsFirst(_ shape: Shape) -> Arrangement {
    picture(shape, directions: shape.indices.dropFirst(2))
  }

  /// [N, H, W, C] or [N, D, H, W, C].
  package static func channelsLast(_ shape: Shape) -> Arrangement {
    picture(shape, directions: shape.indices.dropFirst().dropLast())
  }

  /// Nothing known of any axis.
  package static func unknown(_ shape: Shape) -> Arrangement {
    Arrangement(shape.map(other))
  }

  private static func picture(_ shape: Shape, directions: Range<Int>) -> Arrangement {
    let known = Direction.allCases.suffix(directions.count)
    return Arrangement(
      shape.indices.map { axis in
        if axis == 0 { return [.batch(shape[0])] }
        guard directions.contains(axis), known.count == directions.count, directions.count > 1
        else { return other(shape[axis]) }
        return place(known[known.startIndex + axis - directions.lowerBound], shape[axis])
      })
  }

  /// An axis that is a whole direction.
  package static func place(_ direction: Direction, _ side: Dimension) -> [Part] {
    guard let side = side.value else { return [.other(side)] }
    return side == 1 ? [] : [.place(Place(direction, side))]
  }

  /// An axis of which nothing is known.
  package static func other(_ side: Dimension) -> [Part] { side == .fixed(1) ? [] : [.other(side)] }
}

// MARK: - Asking

extension Arrangement.Part {
  /// Number of positions.
  package var size: Dimension {
    switch self {
    case .batch(let size), .other(let size): size
    case .place(let place): .fixed(place.size)
    case .tokens(let before, let places, let after):
      places.map { Dimension.fixed($0.size) }.product + .fixed(before) + .fixed(after)
    }
  }

  /// The places it runs over.
  package var places: [Arrangement.Place] {
    switch self {
    case .place(let place): [place]
    case .tokens(_, let places, _): places
    case .batch, .other: []
    }
  }

  /// Whether it is images of the batch.
  package var isBatch: Bool { if case .batch = self { true } else { false } }

  /// Whether it is neither images nor places.
  package var isOther: Bool { if case .other = self { true } else { false } }
}

extension [Arrangement.Part] {
  /// The places an axis runs over.
  package var places: [Arrangement.Place] { flatMap(\.places) }

  /// Whether it tells images or places apart.
  package var isTelling: Bool { contains { $0.isBatch || !$0.places.isEmpty } }

  /// The direction, where the axis is one.
  package var direction: Arrangement.Direction? {
    guard count == 1, case .place(let place)? = first else { return nil }
    return place.direction
  }
}

// MARK: - The simplest form

extension Arrangement {
  /// An axis with neighbours joined that are one part.
  private static func merged(_ axis: [Part]) -> [Part] {
    var result: [Part] = []
    for part in axis where part.size != .fixed(1) || part.isBatch {
      switch (result.last, part) {
      case (.other(let outer)?, .other(let inner)):
        result[result.count - 1] = .other(outer * inner)
      case (.place(let outer)?, .place(let inner)):
        if let joined = joined(outer, inner) {
          result[result.count - 1] = .place(joined)
        } else {
          result.append(part)
        }
      case (_, .tokens(0, let places, 0)):
        result += places.map(Part.place)
      default: result.append(part)
      }
    }
    return result
  }

  /// Two neighbouring places as one, where they count on.
  private static func joined(_ outer: Place, _ inner: Place) -> Place? {
    guard outer.direction == inner.direction, outer.total == inner.total,
      outer.stride == inner.stride * inner.size
    else { return nil }
    return Place(
      outer.direction, size: outer.size * inner.size, stride: inner.stride, total: outer.total)
  }

  /// The axes with each direction counted in steps of one, and no position told apart twice: of
  /// two axes that would be, the later counts as anything else.
  private static func simplest(_ axes: [[Part]]) -> [[Part]] {
    var axes = axes
    for direction in Direction.allCases {
      var known: [Place] = []
      for axis in axes.indices {
        let own = axes[axis].places.filter { $0.direction == direction }
        if own.isEmpty { continue }
        if (known + own).isTold {
          known += own
        } else {
          axes[axis] = merged(
            axes[axis].map { part in
              part.places.contains { $0.direction == direction } ? .other(part.size) : part
            })
        }
      }
      // What was told apart within each step is gone, such as the rows within a patch.
      guard let step = known.map(\.stride).min(), step > 1,
        known.allSatisfy({ $0.stride.isMultiple(of: step) && $0.total.isMultiple(of: step) })
      else { continue }
      axes = axes.map { $0.map { $0.counted(direction, inStepsOf: step) } }
    }
    return axes
  }
}

extension [Arrangement.Place] {
  /// Whether these places of one direction tell no position apart twice.
  fileprivate var isTold: Bool {
    let inner = sorted { $0.stride < $1.stride }
    return zip(inner, inner.dropFirst()).allSatisfy { a, b in
      a.total == b.total && b.stride >= a.stride * a.size
    }
  }
}

extension Arrangement.Part {
  fileprivate func counted(
    _ direction: Arrangement.Direction, inStepsOf step: Int
  ) -> Arrangement.Part {
    func counted(_ place: Arrangement.Place) -> Arrangement.Place {
      guard place.direction == direction else { return place }
      return Arrangement.Place(
        direction, size: place.size, stride: place.stride / step, total: place.total / step)
    }
    switch self {
    case .place(let place): return .place(counted(place))
    case .tokens(let before, let places, let after):
      return .tokens(before: before, places.map(counted), after: after)
    case .batch, .other: return self
    }
  }
}
