import ONNXFormat

extension Folding {
  /// Operators that bring many elements together or write among them.
  static let gatherings: [String: Computation] = [
    "ReduceSum": reduction({ whole($0.addingReportingOverflow($1)) }, +),
    "ReduceProd": reduction({ whole($0.multipliedReportingOverflow(by: $1)) }, *),
    "ReduceMax": reduction({ max($0, $1) }, { max($0, $1) }),
    "ReduceMin": reduction({ min($0, $1) }, { min($0, $1) }),
    "Concat": { question in
      guard let axis = question.axis(1, rank: question.output.count) else { return nil }
      var parts: [Numbers] = []
      for (numbers, shape) in zip(question.numbers, question.shapes) {
        guard let numbers, shape != nil else { return nil }
        parts.append(numbers)
      }
      let outer = question.output[..<axis].reduce(1, *)
      let inner = question.shapes.map { ($0 ?? []).dropFirst(axis).reduce(1, *) }
      guard zip(parts, inner).allSatisfy({ $0.count == outer * $1 }) else { return nil }
      let places = (0..<outer).flatMap { row in
        inner.indices.flatMap { part in
          (row * inner[part]..<(row + 1) * inner[part]).map { (part, $0) }
        }
      }
      let integers = parts.compactMap(\.integers)
      if integers.count == parts.count { return .integers(places.map { integers[$0.0][$0.1] }) }
      let floats = parts.map(\.asFloats)
      return .floats(places.map { floats[$0.0][$0.1] })
    },
    "CumSum": { summed($0) },
    "OneHot": { oneHot($0) },
    "ScatterND": { written($0, named: slices) },
    "ScatterElements": { written($0, named: elements) },
    "ConstantOfShape": { question in
      let value = question.node.attribute("value")?.t
      let count = Places(question.output).count
      guard let value else { return .floats(Array(repeating: 0, count: count)) }
      if let first = value.inlineIntegers?.first {
        return .integers(Array(repeating: first, count: count))
      }
      return value.inlineFloats?.first.map { .floats(Array(repeating: $0, count: count)) }
    },
    "EyeLike": { question in
      let offset = question.node.int("k") ?? 0
      guard question.output.count == 2, abs(offset) <= ValueFacts.contentLimit else { return nil }
      let places = Places(question.output)
      let ones = (0..<places.count).map { place -> Int in
        let position = places.position(place)
        return position[1] - position[0] == offset ? 1 : 0
      }
      return question.type?.isFloatingPoint == true
        ? .floats(ones.map { Float($0) }) : .integers(ones)
    },
  ]

  /// Elements folded along axes, from the first on.
  private static func reduction(
    _ integers: @escaping @Sendable (Int, Int) -> Int?,
    _ floats: @escaping @Sendable (Float, Float) -> Float
  ) -> Computation {
    { question in
      guard let shape = question.shape(0), let numbers = question.numbers[0],
        let axes = Axes.reduced(
          question.node, rank: shape.count,
          integers: question.integers(1)?.map(Dimension.fixed))
      else { return nil }
      let kept = shape.indices.map { axes.contains($0) ? 1 : shape[$0] }
      let places = Places(shape).broadcast(from: kept)
      let count = Places(kept).count
      switch numbers {
      case .integers(let values):
        var totals: [Int?] = Array(repeating: nil, count: count)
        for (place, value) in zip(places, values) {
          guard let old = totals[place] else {
            totals[place] = value
            continue
          }
          guard let total = integers(old, value) else { return nil }
          totals[place] = total
        }
        let known = totals.compactMap(\.self)
        return known.count == count ? .integers(known) : nil
      case .floats(let values):
        var totals: [Float?] = Array(repeating: nil, count: count)
        for (place, value) in zip(places, values) {
          totals[place] = totals[place].map { floats($0, value) } ?? value
        }
        let known = totals.compactMap(\.self)
        return known.count == count ? .floats(known) : nil
      }
    }
  }

  private static func summed(_ question: FoldQuestion) -> Numbers? {
    guard let values = question.integers(0), let shape = question.shape(0),
      let axis = question.integers(1)?.first.flatMap({ Axes.place($0, in: shape.count) })
    else { return nil }
    let isReversed = question.node.int("reverse") == 1
    let excludes = question.node.int("exclusive") == 1
    let stride = shape[(axis + 1)...].reduce(1, *)
    var results = values
    for start in values.indices where (start / stride) % shape[axis] == 0 {
      var total = 0
      for step in 0..<shape[axis] {
        let place = start + (isReversed ? shape[axis] - 1 - step : step) * stride
        let (next, overflow) = total.addingReportingOverflow(values[place])
        guard !overflow else { return nil }
        results[place] = excludes ? total : next
        total = next
      }
    }
    return .integers(results)
  }

  private static func oneHot(_ question: FoldQuestion) -> Numbers? {
    guard let indices = question.integers(0), let sides = question.shape(0),
      let depth = question.numbers[1]?.asFloats.first.flatMap({ Int(exactly: $0) }),
      let values = question.numbers[2], values.count == 2,
      let axis = question.axis(-1, rank: sides.count + 1)
    else { return nil }
    let (places, inputs) = (Places(question.output), Places(sides))
    return values.picked(
      (0..<places.count).map { place in
        var position = places.position(place)
        let own = position.remove(at: axis)
        let index = indices[inputs.place(position)]
        return (index < 0 ? index &+ depth : index) == own ? 1 : 0
      })
  }

  /// Elements of the third input written over the first, at places that a row names.
  private static func written(
    _ question: FoldQuestion, named: (FoldQuestion) -> [Int]?
  ) -> Numbers? {
    guard question.node.string("reduction") ?? "none" == "none", question.numbers.count == 3,
      let data = question.numbers[0], let updates = question.numbers[2],
      let places = named(question), places.count == updates.count,
      places.allSatisfy((0..<data.count).contains)
    else { return nil }
    if var values = data.integers, let new = updates.integers {
      for (place, value) in zip(places, new) { values[place] = value }
      return .integers(values)
    }
    var values = data.asFloats
    for (place, value) in zip(places, updates.asFloats) { values[place] = value }
    return .floats(values)
  }

  private static func slices(_ question: FoldQuestion) -> [Int]? {
    guard let shape = question.shape(0), let indices = question.integers(1),
      let depth = question.shape(1)?.last, depth > 0, depth <= shape.count
    else { return nil }
    let slice = shape[depth...].reduce(1, *)
    let places = Places(Array(shape[..<depth]))
    var result: [Int] = []
    for start in stride(from: 0, to: indices.count, by: depth) {
      let named = (0..<depth).compactMap { Axes.place(indices[start + $0], in: shape[$0]) }
      guard named.count == depth else { return nil }
      let first = places.place(named) * slice
      result += first..<(first + slice)
    }
    return result
  }

  private static func elements(_ question: FoldQuestion) -> [Int]? {
    guard let shape = question.shape(0), let indices = question.integers(1),
      let sides = question.shape(1), sides.count == shape.count,
      let axis = question.axis(0, rank: shape.count)
    else { return nil }
    let (own, whole) = (Places(sides), Places(shape))
    var result: [Int] = []
    for (place, index) in indices.enumerated() {
      var position = own.position(place)
      guard let index = Axes.place(index, in: shape[axis]) else { return nil }
      position[axis] = index
      guard zip(position, shape).allSatisfy({ $0 < $1 }) else { return nil }
      result.append(whole.place(position))
    }
    return result
  }
}
