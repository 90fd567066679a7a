import ONNXFormat

// Exporters compute pads and scales from sizes in floats: Shape, Cast, Div, Ceil, Mul, Sub, Cast.

extension ShapeRules {
  /// Rows that follow the contents of small floats too.
  static func following(_ rows: [String: ShapeRule]) -> [String: ShapeRule] {
    var rows = rows
    for (name, combine) in binary {
      guard let row = rows[name] else { continue }
      rows[name] = { question in combined(row(question), question, combine) }
    }
    for (name, function) in unary {
      guard let row = rows[name] else { continue }
      rows[name] = { question in
        given(row(question), question.input(0).floats.map { $0.map(function) })
      }
    }
    for name in ["Unsqueeze", "Squeeze", "Reshape", "Flatten"] {
      guard let row = rows[name] else { continue }
      rows[name] = { question in given(row(question), question.input(0).floats) }
    }
    if let row = rows["Clip"] { rows["Clip"] = { given(row($0), clipped($0)) } }
    if let row = rows["Cast"] { rows["Cast"] = { converted(row($0), $0.input(0)) } }
    return rows
  }

  private static let binary: [String: @Sendable (Float, Float) -> Float] = [
    "Add": { $0 + $1 }, "Sub": { $0 - $1 }, "Mul": { $0 * $1 }, "Div": { $0 / $1 },
    "Max": { max($0, $1) }, "Min": { min($0, $1) },
  ]

  private static let unary: [String: @Sendable (Float) -> Float] = [
    "Ceil": { $0.rounded(.up) }, "Floor": { $0.rounded(.down) },
    "Round": { $0.rounded(.toNearestOrEven) }, "Neg": { -$0 }, "Abs": { abs($0) },
    "Sqrt": { $0.squareRoot() }, "Relu": { max($0, 0) },
  ]

  private static func given(_ facts: [ValueFacts], _ floats: [Float]?) -> [ValueFacts] {
    guard var first = facts.first, let floats, first.type?.isFloatingPoint ?? true else {
      return facts
    }
    first.floats = floats
    return [first] + facts.dropFirst()
  }

  private static func combined(
    _ facts: [ValueFacts], _ question: ShapeQuestion, _ combine: (Float, Float) -> Float
  ) -> [ValueFacts] {
    guard question.inputs.count == 2, let a = question.input(0).floats,
      let b = question.input(1).floats
    else { return facts }
    if a.count == b.count { return given(facts, zip(a, b).map(combine)) }
    if b.count == 1 { return given(facts, a.map { combine($0, b[0]) }) }
    return a.count == 1 ? given(facts, b.map { combine(a[0], $0) }) : facts
  }

  private static func clipped(_ question: ShapeQuestion) -> [Float]? {
    guard let values = question.input(0).floats else { return nil }
    func bound(_ place: Int, _ attribute: String, _ open: Float) -> Float? {
      guard question.node.input(at: place) != nil else {
        return question.node.float(attribute) ?? open
      }
      return question.input(place).floats?.first
    }
    guard let low = bound(1, "min", -.infinity), let high = bound(2, "max", .infinity) else {
      return nil
    }
    return values.map { min(max($0, low), high) }
  }

  /// Whole numbers as floats, and floats cut to whole numbers.
  private static func converted(_ facts: [ValueFacts], _ input: ValueFacts) -> [ValueFacts] {
    guard var first = facts.first, let type = first.type else { return facts }
    if type.isFloatingPoint {
      let whole = input.integers?.compactMap(\.value)
      first.floats =
        whole?.count == input.integers?.count ? whole.map { $0.map(Float.init) } : nil
      first.floats = first.floats ?? input.floats
    } else if let floats = input.floats, type != .bool {
      let whole = floats.map { Int(exactly: $0.rounded(.towardZero)) }
      first.integers = whole.map { $0.map(Dimension.fixed) ?? .unknown }
    }
    return [first] + facts.dropFirst()
  }
}
