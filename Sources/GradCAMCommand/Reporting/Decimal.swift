/// Numbers as people read them.
enum Decimal {
  /// A number with so many digits after the point.
  static func text(_ value: Double, digits: Int) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = (abs(value) * scale).rounded()
    guard scaled < 9e18 else { return "\(value)" }
    var text = String(Int(scaled))
    let missing = digits + 1 - text.count
    if missing > 0 { text = String(repeating: "0", count: missing) + text }
    let sign = value < 0 && scaled > 0 ? "-" : ""
    return digits == 0 ? sign + text : "\(sign)\(text.dropLast(digits)).\(text.suffix(digits))"
  }

  /// A number with its sign, whatever that is.
  static func signed(_ value: Double, digits: Int) -> String {
    let text = text(value, digits: digits)
    return text.hasPrefix("-") ? "−" + text.dropFirst() : "+" + text
  }

  /// A number with so many digits that count, in powers of ten where it is very small or large.
  static func significant(_ value: Double, digits: Int) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
    var (mantissa, exponent) = (abs(value), 0)
    while mantissa >= 10 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    while mantissa < 1 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    let sign = value < 0 ? "−" : ""
    guard (-3..<6).contains(exponent) else {
      return "\(sign)\(text(mantissa, digits: digits - 1))e\(exponent)"
    }
    return sign + text(abs(value), digits: max(0, digits - 1 - exponent))
  }

  /// A share of one in percent, with one digit after the point: `52.3%`.
  static func percent(_ share: Double) -> String { text(100 * share, digits: 1) + "%" }

  /// The same of a float.
  static func percent(_ share: Float) -> String { percent(Double(share)) }
}
