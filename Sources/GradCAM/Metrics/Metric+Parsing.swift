public import Diagnostics

extension Metric {
  /// The metric that a text names, with parameters of its own: `deletion`, or
  /// `deletion steps=100 baseline=blur`, as ``description`` writes them.
  ///
  /// Parts are separated by spaces, commas or a colon: `road:noise=0,steps=5`.
  /// - Throws: ``DiagnosticError`` for a name that no metric has, a parameter that this metric does
  ///   not have, or a value out of range.
  public init(parsing text: String) throws(DiagnosticError) {
    let words = text.split { " ,:".contains($0) }.map(String.init)
    guard let first = words.first, let metric = Metric.named(first) else {
      throw .noMetric(words.first ?? text)
    }
    self = metric
    for word in words.dropFirst() {
      let sides = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(sides[0])
      guard sides.count == 2, parameters.names.contains(name),
        let field = MetricParameters.fields.first(where: { $0.name == name })
      else { throw .noMetricParameter(name, of: metric) }
      guard field.write(&parameters, String(sides[1])) else {
        throw .badMetricParameter(name, String(sides[1]), range: field.range, of: metric)
      }
    }
  }
}

extension MetricParameters {
  /// A parameter as text.
  struct Field: Sendable {
    let name: String
    /// What it may be, in words.
    let range: String
    let read: @Sendable (MetricParameters) -> String?
    /// Takes a value; false where it is none.
    let write: @Sendable (inout MetricParameters, String) -> Bool
  }

  /// The parameters there are with their values, in the order of listings.
  public var entries: [(name: String, value: String)] {
    Self.fields.compactMap { field in field.read(self).map { (field.name, $0) } }
  }

  /// The names of the parameters there are.
  var names: [String] { entries.map(\.name) }

  /// Every parameter, in the order of listings.
  static let fields: [Field] = [
    number("steps", \.steps, 1...100_000), choice("baseline", \.baseline),
    number("samples", \.samples, 1...1_000_000), number("subset", \.subset, 1...1_000_000),
    number("radius", \.radius, 0...1000), number("noise", \.noise, 0...1000),
    number("threshold", \.threshold, 0...1), number("overlap", \.overlap, 0...1),
    number("tolerance", \.tolerance, 0...100_000), choice("quantity", \.quantity),
    choice("integration", \.integration),
    field("absolute", \.isAbsolute, "true or false") { Bool($0) },
    number("seed", \.seed, 0...UInt32.max), number("batch", \.batch, 1...100_000),
  ]

  private typealias Path<Value> = any WritableKeyPath<MetricParameters, Value?> & Sendable

  private static func field<Value: Sendable>(
    _ name: String, _ path: Path<Value>, _ range: String,
    text: @escaping @Sendable (Value) -> String = { "\($0)" },
    parse: @escaping @Sendable (String) -> Value?
  ) -> Field {
    Field(
      name: name, range: range, read: { $0[keyPath: path].map(text) },
      write: { parameters, text in
        guard let value = parse(text) else { return false }
        parameters[keyPath: path] = value
        return true
      })
  }

  private static func number<Value: LosslessStringConvertible & Comparable & Sendable>(
    _ name: String, _ path: Path<Value>,
    _ range: ClosedRange<Value>
  ) -> Field {
    field(name, path, "\(range.lowerBound) through \(range.upperBound)") { text in
      Value(text).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  private static func choice<Value: RawRepresentable<String> & CaseIterable & Sendable>(
    _ name: String, _ path: Path<Value>
  ) -> Field {
    let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
    return field(name, path, "one of \(names)", text: \.rawValue) { Value(rawValue: $0) }
  }
}
