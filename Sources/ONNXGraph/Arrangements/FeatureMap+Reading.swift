extension FeatureMap {
  /// Sees an arranged value as feature maps of more than one place; nil where it is none: its
  /// channels spread over several axes, some of its places missing, or grouped with the batch as
  /// windows are.
  init?(_ arrangement: Arrangement, shape: Shape) {
    let axes = arrangement.axes
    guard axes.count == shape.count else { return nil }
    guard let batchAxis = Self.batchAxis(axes, shape) else { return nil }
    let rest = axes.indices.filter { $0 != batchAxis }
    let channelAxes = rest.filter { axes[$0].contains(where: \.isOther) }
    guard channelAxes.count <= 1, rest.allSatisfy({ !axes[$0].contains(where: \.isBatch) }) else {
      return nil
    }
    let channelAxis = channelAxes.first ?? rest.first { axes[$0].isEmpty }
    let spatialAxes = rest.filter { $0 != channelAxis && !axes[$0].isEmpty }
    guard let channels = channelAxis.map({ shape[$0].value }) ?? 1,
      spatialAxes.allSatisfy({ axes[$0].tokens != nil }),
      spatialAxes.count == 1
        || spatialAxes.allSatisfy({ axes[$0].tokens?.before == 0 && axes[$0].tokens?.after == 0 })
    else { return nil }
    // Positions within a patch that stand among the channels do not tell places of a map apart.
    let places = Arrangement([spatialAxes.flatMap { axes[$0].places.map(Arrangement.Part.place) }])
      .axes[0].places
    let sides = Arrangement.Direction.allCases.map { direction in
      places.filter { $0.direction == direction }.reduce(1) { $0 * $1.size }
    }
    let units = rest.filter { axes[$0].isEmpty && $0 != channelAxis }
    let isVolume = sides[0] > 1 || shape.count == 5
    let needed = Arrangement.Direction.allCases.suffix(isVolume ? 3 : 2)
    let missing = needed.filter { direction in !places.contains { $0.direction == direction } }
    guard !places.isEmpty, places.allSatisfy({ sides[$0.direction.rawValue] == $0.total }),
      missing.count <= units.count,
      // A file may claim sides that no memory holds.
      let count = ([channels] + sides).map(Dimension.fixed).product.value,
      count <= ValueFacts.sideLimit
    else { return nil }
    (self.channels, depth) = (channels, isVolume ? sides[0] : nil)
    (height, width) = (sides[1], sides[2])
    self.batchAxis = batchAxis

    let row = spatialAxes.count == 1 ? axes[spatialAxes[0]].tokens : nil
    (prefixTokens, suffixTokens) = (row?.before ?? 0, row?.after ?? 0)
    let isGrid =
      spatialAxes.allSatisfy { axes[$0].places.count == 1 }
      && missing.count
        + spatialAxes.count == needed.count
    let isFirst = channelAxis == 1 && batchAxis == 0
    let isLast = channelAxis == shape.count - 1 && batchAxis == 0
    order = isGrid && isFirst ? .channelsFirst : isGrid && isLast ? .channelsLast : .tokens
    tokenAxis = order == .tokens ? spatialAxes.first : nil
    var cut: Cut?
    if prefixTokens + suffixTokens > 0, let side = shape[spatialAxes[0]].value {
      cut = Cut(axis: spatialAxes[0], start: prefixTokens, end: side - suffixTokens)
    }
    steps = Self.steps(
      axes, batchAxis: batchAxis, channelAxis: channelAxis, spatialAxes: spatialAxes, cut: cut,
      channels: channels, sides: needed.map { sides[$0.rawValue] })
  }

  /// The axis that is the batch: its images alone, or the first axis of a single image.
  private static func batchAxis(_ axes: [[Arrangement.Part]], _ shape: Shape) -> Int? {
    if let axis = axes.firstIndex(where: { $0.contains(where: \.isBatch) }) {
      return axes[axis].count == 1 ? axis : nil
    }
    return shape.first == .fixed(1) ? 0 : nil
  }

  private static func steps(
    _ axes: [[Arrangement.Part]], batchAxis: Int, channelAxis: Int?, spatialAxes: [Int],
    cut: Cut?, channels: Int, sides: [Int]
  ) -> Steps {
    let places = spatialAxes.flatMap { axes[$0].places }
    let ordered = places.indices.sorted { a, b in
      let (one, other) = (places[a], places[b])
      return (one.direction.rawValue, -one.stride) < (other.direction.rawValue, -other.stride)
    }
    let final = [-1, channels] + sides
    let units = axes.indices.filter {
      $0 != batchAxis && $0 != channelAxis && !spatialAxes.contains($0)
    }
    let whole = [batchAxis] + [channelAxis].compactMap(\.self)
    if ordered == Array(places.indices) {
      let order = whole + spatialAxes + units
      // Units left where they stand among the sides of a map in order need no reshape.
      let plain = order == Array(axes.indices) || units.isEmpty
      let isDone = plain && channelAxis != nil && spatialAxes.count == sides.count
      return Steps(cut: cut, parts: nil, order: order, sides: isDone ? nil : final)
    }
    // Every part of a spatial axis becomes an axis of its own.
    var parts: [Int] = []
    var (batch, channel) = (0, 0)
    var spatial: [Int] = []
    for axis in axes.indices {
      if axis == batchAxis {
        batch = parts.count
        parts.append(-1)
      } else if axis == channelAxis {
        channel = parts.count
        parts.append(channels)
      } else {
        for place in axes[axis].places {
          spatial.append(parts.count)
          parts.append(place.size)
        }
      }
    }
    let order = [batch] + (channelAxis == nil ? [] : [channel]) + ordered.map { spatial[$0] }
    return Steps(cut: cut, parts: parts, order: order, sides: final)
  }
}
