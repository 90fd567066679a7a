/// A grid of tokens as somebody states it, where the graph does not tell or tells it wrong.
package struct GivenGrid: Hashable, Sendable {
  /// Rows and columns; those of the picture's proportions where nil.
  let sides: (height: Int, width: Int)?
  /// Number of tokens before the grid; what is left over where nil.
  let prefixTokens: Int?
  /// The picture's proportions.
  let picture: (height: Int, width: Int)

  package init(
    sides: (height: Int, width: Int)?, prefixTokens: Int?, picture: (height: Int, width: Int)
  ) {
    self.sides = sides
    self.prefixTokens = prefixTokens
    self.picture = picture
  }

  /// The most tokens that are believed to stand before a grid unless they are counted.
  private static let prefixLimit = 16

  package static func == (a: GivenGrid, b: GivenGrid) -> Bool {
    a.sides?.height == b.sides?.height && a.sides?.width == b.sides?.width
      && a.prefixTokens == b.prefixTokens && a.picture == b.picture
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(sides?.height)
    hasher.combine(sides?.width)
    hasher.combine(prefixTokens)
  }
}

// MARK: - Fitting tokens

extension GivenGrid {
  /// How so many tokens are laid out; nil where they do not fit.
  package func fit(_ count: Int) -> (height: Int, width: Int, prefix: Int)? {
    if let (height, width) = sides {
      let (places, overflow) = height.multipliedReportingOverflow(by: width)
      let prefix = count - places
      guard !overflow, places > 1, prefix >= 0 else { return nil }
      guard prefix == prefixTokens ?? prefix, prefix <= Self.prefixLimit || prefixTokens != nil
      else { return nil }
      return (height, width, prefix)
    }
    guard let prefix = prefixTokens, prefix >= 0 else { return nil }
    return proportional(count - prefix).map { ($0.height, $0.width, prefix) }
  }

  /// A grid of the picture's proportions with so many places.
  package func proportional(_ places: Int) -> (height: Int, width: Int)? {
    guard places > 1, picture.height > 0, picture.width > 0 else { return nil }
    let ideal = Double(places) * Double(picture.height) / Double(picture.width)
    let height = Int(ideal.squareRoot().rounded())
    guard height > 0, places.isMultiple(of: height) else { return nil }
    let width = places / height
    // A cell may be a little out of square where the sides do not come out even.
    let ratio = Double(width) * Double(picture.height) / (Double(height) * Double(picture.width))
    return abs(ratio - 1) < 0.2 ? (height, width) : nil
  }
}

extension Graph {
  /// The graph with every row of tokens laid out as stated, and how many values that are.
  package func laidOut(as grid: GivenGrid, among values: Set<String>) -> (Graph, count: Int) {
    var changed: [String: ValueFacts] = [:]
    for name in values {
      guard var facts = facts[name], let shape = facts.shape, let axis = Self.tokenAxis(shape),
        let side = shape[axis].value, let (height, width, prefix) = grid.fit(side)
      else { continue }
      let places = [
        Arrangement.Place(.height, height), Arrangement.Place(.width, width),
      ].filter { $0.size > 1 }
      facts.arrangement = Arrangement(
        shape.indices.map { place in
          if place == axis { return [.tokens(before: prefix, places, after: 0)] }
          return shape[place].isBatch ? [.batch(shape[place])] : Arrangement.other(shape[place])
        })
      changed[name] = facts
    }
    return (replacing(changed), changed.count)
  }

  /// How many values have each number of tokens, most first.
  package func tokenCounts(among values: Set<String>) -> [Int] {
    let counts = values.compactMap { name in
      shape(of: name).flatMap { shape in Self.tokenAxis(shape).flatMap { shape[$0].value } }
    }
    let groups = Dictionary(grouping: counts.filter { $0 > 1 }) { $0 }
    return groups.keys.sorted { (groups[$0]?.count ?? 0, $0) > (groups[$1]?.count ?? 0, $1) }
  }

  /// The tokens of [N, T, C] or [T, N, C].
  private static func tokenAxis(_ shape: Shape) -> Int? {
    guard shape.count == 3 else { return nil }
    if shape[1].isBatch { return 0 }
    return shape[0].isBatch || shape[0] == .fixed(1) ? 1 : nil
  }
}
