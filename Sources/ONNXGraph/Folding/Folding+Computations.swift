#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

import ONNXFormat

extension Folding {
  /// A computation of contents; nil where they do not follow.
  typealias Computation = @Sendable (FoldQuestion) -> Numbers?

  /// Operators that compute with elements.
  static let computations: [String: Computation] = {
    var rows: [String: Computation] = [
      "Add": arithmetic({ whole($0.addingReportingOverflow($1)) }, +),
      "Sub": arithmetic({ whole($0.subtractingReportingOverflow($1)) }, -),
      "Mul": arithmetic({ whole($0.multipliedReportingOverflow(by: $1)) }, *),
      "Div": arithmetic({ whole($0.dividedReportingOverflow(by: $1)) }, /),
      "Pow": arithmetic({ power($0, $1) }, { pow($0, $1) }),
      "Max": arithmetic({ max($0, $1) }, { max($0, $1) }),
      "Min": arithmetic({ min($0, $1) }, { min($0, $1) }),
      "Mod": { question in
        let truncates = question.node.int("fmod") == 1
        return arithmetic(
          { remainder($0, $1, truncates: truncates) },
          { $0.truncatingRemainder(dividingBy: $1) })(question)
      },
      "Neg": function({ whole(0.subtractingReportingOverflow($0)) }, { -$0 }),
      "Abs": function({ $0 == .min ? nil : abs($0) }, { abs($0) }),
      "Sign": function({ $0.signum() }, { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }),
      "Floor": function({ $0 }, { $0.rounded(.down) }),
      "Ceil": function({ $0 }, { $0.rounded(.up) }),
      "Round": function({ $0 }, { $0.rounded(.toNearestOrEven) }),
      "Sqrt": function({ _ in nil }, { $0.squareRoot() }),
      "Reciprocal": function({ _ in nil }, { 1 / $0 }),
      "Exp": function({ _ in nil }, { exp($0) }),
      "Log": function({ _ in nil }, { log($0) }),
      "Relu": function({ max($0, 0) }, { max($0, 0) }),
      "Not": function({ $0 == 0 ? 1 : 0 }, { _ in nil }),
      "Equal": comparison({ $0 == $1 }, { $0 == $1 }),
      "Less": comparison({ $0 < $1 }, { $0 < $1 }),
      "LessOrEqual": comparison({ $0 <= $1 }, { $0 <= $1 }),
      "Greater": comparison({ $0 > $1 }, { $0 > $1 }),
      "GreaterOrEqual": comparison({ $0 >= $1 }, { $0 >= $1 }),
      "And": comparison({ $0 != 0 && $1 != 0 }, { _, _ in false }),
      "Or": comparison({ $0 != 0 || $1 != 0 }, { _, _ in false }),
      "Xor": comparison({ ($0 != 0) != ($1 != 0) }, { _, _ in false }),
      "Cast": { cast($0) },
      "CastLike": { cast($0) },
      "Clip": { clipped($0) },
      "Where": { chosen($0) },
    ]
    rows.merge(gatherings) { first, _ in first }
    return rows
  }()

  // MARK: Element by element

  /// The result, nil where it overflowed.
  static func whole(_ result: (partialValue: Int, overflow: Bool)) -> Int? {
    result.overflow ? nil : result.partialValue
  }

  private static func power(_ base: Int, _ exponent: Int) -> Int? {
    guard (0...64).contains(exponent) else { return nil }
    return (0..<exponent).reduce(Optional(1)) { product, _ in
      product.flatMap { whole($0.multipliedReportingOverflow(by: base)) }
    }
  }

  private static func remainder(_ a: Int, _ b: Int, truncates: Bool) -> Int? {
    guard let rest = whole(a.remainderReportingOverflow(dividingBy: b)) else { return nil }
    return !truncates && rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
  }

  /// All inputs folded into one, from the left.
  private static func arithmetic(
    _ integers: @escaping @Sendable (Int, Int) -> Int?,
    _ floats: @escaping @Sendable (Float, Float) -> Float
  ) -> Computation {
    { question in
      let inputs = question.numbers.indices.compactMap { question.spread($0) }
      guard let first = inputs.first, inputs.count == question.numbers.count else { return nil }
      return inputs.dropFirst().reduce(first) { total, next -> Numbers? in
        switch (total, next) {
        case (.integers(let a)?, .integers(let b)):
          let values = zip(a, b).compactMap(integers)
          return values.count == a.count ? .integers(values) : nil
        case (.floats(let a)?, _): return .floats(zip(a, next.asFloats).map(floats))
        default: return nil
        }
      }
    }
  }

  private static func function(
    _ integer: @escaping @Sendable (Int) -> Int?, _ float: @escaping @Sendable (Float) -> Float?
  ) -> Computation {
    { question in
      switch question.numbers.first {
      case .integers(let values)??:
        let results = values.compactMap(integer)
        return results.count == values.count ? .integers(results) : nil
      case .floats(let values)??:
        let results = values.compactMap(float)
        return results.count == values.count ? .floats(results) : nil
      default: return nil
      }
    }
  }

  private static func comparison(
    _ integers: @escaping @Sendable (Int, Int) -> Bool,
    _ floats: @escaping @Sendable (Float, Float) -> Bool
  ) -> Computation {
    { question in
      guard question.numbers.count == 2, let a = question.spread(0), let b = question.spread(1)
      else { return nil }
      if let a = a.integers, let b = b.integers {
        return .integers(zip(a, b).map { integers($0, $1) ? 1 : 0 })
      }
      return .integers(zip(a.asFloats, b.asFloats).map { floats($0, $1) ? 1 : 0 })
    }
  }

  /// Only to types whose every number stays what it is; a narrower one would wrap.
  private static func cast(_ question: FoldQuestion) -> Numbers? {
    guard let type = question.type, let numbers = question.numbers.first, let numbers else {
      return nil
    }
    if type == .float || type == .double { return .floats(numbers.asFloats) }
    if type == .bool {
      return .integers(
        numbers.integers?.map { $0 == 0 ? 0 : 1 } ?? numbers.asFloats.map { $0 == 0 ? 0 : 1 })
    }
    guard type == .int64 || type == .int32 else { return nil }
    let limit = type == .int64 ? Int.max : Int(Int32.max)
    let values =
      numbers.integers ?? numbers.asFloats.compactMap { Int(exactly: $0.rounded(.towardZero)) }
    guard values.count == numbers.count, values.allSatisfy({ $0 <= limit && $0 >= -limit - 1 })
    else { return nil }
    return .integers(values)
  }

  private static func clipped(_ question: FoldQuestion) -> Numbers? {
    let low = question.node.float("min") ?? question.bound(1)
    let high = question.node.float("max") ?? question.bound(2)
    switch question.numbers.first {
    case .integers(let values)??:
      let lowest = question.integers(1)?.first ?? .min
      let highest = question.integers(2)?.first ?? .max
      return .integers(values.map { min(max($0, lowest), highest) })
    case .floats(let values)??:
      return .floats(values.map { min(max($0, low ?? -.infinity), high ?? .infinity) })
    default: return nil
    }
  }

  private static func chosen(_ question: FoldQuestion) -> Numbers? {
    guard question.numbers.count == 3, let condition = question.spread(0)?.integers,
      let a = question.spread(1), let b = question.spread(2)
    else { return nil }
    if let a = a.integers, let b = b.integers {
      return .integers(zip(condition, zip(a, b)).map { $0 == 0 ? $1.1 : $1.0 })
    }
    return .floats(zip(condition, zip(a.asFloats, b.asFloats)).map { $0 == 0 ? $1.1 : $1.0 })
  }
}

extension FoldQuestion {
  /// The one number of an input.
  fileprivate func bound(_ index: Int) -> Float? {
    numbers.indices.contains(index) ? numbers[index]?.asFloats.first : nil
  }
}
