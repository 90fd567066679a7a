// What several values become together, and what is left of a cut one.

extension Arrangement {
  /// What values become that broadcast to a shape: each axis as the input tells it that tells
  /// most.
  static func broadcast(_ inputs: [ValueFacts], to shape: Shape?) -> Arrangement? {
    guard let shape else { return nil }
    let known = inputs.compactMap { input -> Arrangement? in
      guard let own = input.shape, let arrangement = input.arrangement, own.count <= shape.count
      else { return nil }
      let extra = shape.count - own.count
      return Arrangement(
        shape.indices.map { axis in
          axis >= extra && own[axis - extra] == shape[axis]
            ? arrangement.axes[axis - extra] : other(shape[axis])
        })
    }
    return merged(known, shape)
  }

  /// One arrangement of several of a rank: the most telling, with axes it knows nothing of as
  /// others tell them.
  static func merged(_ known: [Arrangement], _ shape: Shape) -> Arrangement? {
    // Feature maps first: an axis may tell places apart that make no grid.
    let maps = known.filter { FeatureMap($0, shape: shape) != nil }
    guard var result = maps.first ?? known.max(by: { $0.telling < $1.telling }) else { return nil }
    if !maps.isEmpty { return result }
    for other in known where other.axes.count == result.axes.count {
      for axis in result.axes.indices
      where !result.axes[axis].isTelling && other.axes[axis].isTelling {
        result = result.replacing(axis, with: other.axes[axis])
      }
    }
    return result
  }

  /// How many axes tell images or places apart.
  private var telling: Int { axes.filter(\.isTelling).count }

  /// Values joined along an axis: more of a direction, or more tokens beside the places.
  static func joined(_ inputs: [ValueFacts], along axis: Int, to shape: Shape) -> Arrangement? {
    let known = inputs.compactMap(\.arrangement).filter { $0.axes.count == shape.count }
    guard let merged = merged(known, shape), !known.isEmpty else { return nil }
    var before = 0
    var places: [Place]?
    var after = 0
    for input in inputs {
      guard let side = input.shape?[axis].value else { return merged.forgetting(axis, shape[axis]) }
      let parts = input.arrangement?.axes[axis] ?? []
      switch (parts.tokens, places) {
      case (let own?, nil):
        before += own.before
        places = own.places
        after = own.after
      case (_?, _?): return merged.forgetting(axis, shape[axis])
      case (nil, nil): before += side
      case (nil, _?): after += side
      }
    }
    guard let places else { return merged.forgetting(axis, shape[axis]) }
    return merged.replacing(axis, with: [.tokens(before: before, places, after: after)])
  }

  private func forgetting(_ axis: Int, _ side: Dimension) -> Arrangement {
    replacing(axis, with: Self.other(side))
  }

  /// Positions of one axis, from a start in steps.
  ///
  /// Of a direction a smaller one is left; of tokens those beside the places may go, but not some
  /// of the places.
  func sliced(_ axis: Int, to range: SliceRange?, side: Dimension) -> Arrangement {
    guard axes.indices.contains(axis) else { return self }
    guard let range, let whole = side.value else {
      return replacing(axis, with: [.other(.unknown)])
    }
    if range.count == whole, range.step == 1 { return self }
    let count = Dimension.fixed(range.count)
    if let direction = axes[axis].direction, isWhole(direction, on: axis), range.step > 0 {
      return replacing(axis, with: Self.place(direction, count))
    }
    guard let tokens = axes[axis].tokens, range.step == 1,
      range.start <= tokens.before, range.start + range.count >= whole - tokens.after
    else { return replacing(axis, with: Self.other(count)) }
    let before = tokens.before - range.start
    let after = range.start + range.count - (whole - tokens.after)
    return replacing(axis, with: [.tokens(before: before, tokens.places, after: after)])
  }

  /// An axis with positions put before and after.
  func padded(_ axis: Int, before: Int, after: Int, side: Dimension) -> Arrangement {
    if before == 0, after == 0 { return self }
    if let direction = axes[axis].direction, isWhole(direction, on: axis) {
      return replacing(axis, with: Self.place(direction, side))
    }
    let limits = -ValueFacts.sideLimit...ValueFacts.sideLimit
    guard let tokens = axes[axis].tokens, limits.contains(before), limits.contains(after),
      tokens.before + before >= 0, tokens.after + after >= 0
    else { return replacing(axis, with: Self.other(side)) }
    return replacing(
      axis,
      with: [
        .tokens(before: tokens.before + before, tokens.places, after: tokens.after + after)
      ])
  }

  /// Whether an axis is all of a direction.
  private func isWhole(_ direction: Direction, on axis: Int) -> Bool {
    axes[axis].places.first.map { $0.size == $0.total } ?? false
  }
}

extension [Arrangement.Part] {
  /// The axis as a row of tokens, where it tells places apart and nothing else.
  package var tokens: (before: Int, places: [Arrangement.Place], after: Int)? {
    if count == 1, case .tokens(let before, let places, let after)? = first {
      return (before, places, after)
    }
    let places = compactMap { part -> Arrangement.Place? in
      if case .place(let place) = part { place } else { nil }
    }
    return places.count == count && !places.isEmpty ? (0, places, 0) : nil
  }
}
