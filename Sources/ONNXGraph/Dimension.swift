/// One side of a shape.
package enum Dimension: Hashable, Sendable {
  /// A number known when the model is read.
  case fixed(Int)
  /// So many times the batch size, which stays open.
  case batch(Int)
  /// Not known.
  case unknown
}

/// A value's sides, outermost first.
package typealias Shape = [Dimension]

// MARK: - Asking

extension Dimension {
  /// The number, where it is known.
  package var value: Int? {
    if case .fixed(let value) = self { value } else { nil }
  }

  /// Whether the side grows with the batch.
  package var isBatch: Bool {
    if case .batch = self { true } else { false }
  }
}

extension Shape {
  /// The sides as numbers, or nil where one is not known.
  package var fixedSides: [Int]? {
    let sides = compactMap(\.value)
    return sides.count == count ? sides : nil
  }

  /// The product of all sides, as far as it is one number or a multiple of the batch size.
  package var product: Dimension { reduce(.fixed(1), *) }
}

// MARK: - Arithmetic

extension Dimension {
  /// The product, unknown where it would hold the batch size twice.
  package static func * (a: Dimension, b: Dimension) -> Dimension {
    switch (a, b) {
    case (.fixed(0), _), (_, .fixed(0)): .fixed(0)
    case (.fixed(let a), .fixed(let b)):
      checked(a.multipliedReportingOverflow(by: b)) { .fixed($0) }
    case (.fixed(let a), .batch(let b)), (.batch(let a), .fixed(let b)):
      checked(a.multipliedReportingOverflow(by: b)) { .batch($0) }
    default: .unknown
    }
  }

  /// The quotient rounded towards zero, unknown where it does not come out even for a batch.
  package static func / (a: Dimension, b: Dimension) -> Dimension {
    switch (a, b) {
    case (.fixed(let a), .fixed(let b)):
      checked(a.dividedReportingOverflow(by: b)) { .fixed($0) }
    case (.batch(let a), .fixed(let b)) where a.isMultiple(of: b):
      checked(a.dividedReportingOverflow(by: b)) { .batch($0) }
    case (.batch(let a), .batch(let b)) where a.isMultiple(of: b):
      checked(a.dividedReportingOverflow(by: b)) { .fixed($0) }
    default: .unknown
    }
  }

  /// The remainder with the divisor's sign, unknown where a batch takes part.
  package static func % (a: Dimension, b: Dimension) -> Dimension {
    guard let a = a.value, let b = b.value else { return .unknown }
    return checked(a.remainderReportingOverflow(dividingBy: b)) { rest in
      .fixed(rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest)
    }
  }

  /// The sum, unknown where a batch meets a number.
  package static func + (a: Dimension, b: Dimension) -> Dimension {
    switch (a, b) {
    case (.fixed(0), let other), (let other, .fixed(0)): other
    case (.fixed(let a), .fixed(let b)): checked(a.addingReportingOverflow(b)) { .fixed($0) }
    case (.batch(let a), .batch(let b)): checked(a.addingReportingOverflow(b)) { .batch($0) }
    default: .unknown
    }
  }

  /// The difference, unknown where a batch meets a number.
  package static func - (a: Dimension, b: Dimension) -> Dimension { a + .fixed(-1) * b }

  private static func checked(
    _ result: (partialValue: Int, overflow: Bool), _ make: (Int) -> Dimension
  ) -> Dimension {
    result.overflow ? .unknown : make(result.partialValue)
  }
}

extension Dimension: CustomStringConvertible {
  /// `3`, `N`, `4N` or `?`.
  package var description: String {
    switch self {
    case .fixed(let value): "\(value)"
    case .batch(1): "N"
    case .batch(let factor): "\(factor)N"
    case .unknown: "?"
    }
  }
}
