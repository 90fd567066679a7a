/// What is fed to an input beside the image.
///
/// It becomes a constant of the model when the model is read, so that paths which depend on it
/// fold: a flag that switches training off, a size, a second picture.
public enum InputValue: Hashable, Sendable {
  /// Numbers, of the input's shape; the batch may be left out, and another type is converted
  /// where the input's holds the numbers.
  case tensor(NumericTensor)
  /// One number everywhere; sides that the input leaves open become 1.
  case constant(Double)
}

extension InputValue: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral
{
  /// One number everywhere.
  public init(floatLiteral value: Double) { self = .constant(value) }

  /// One number everywhere.
  public init(integerLiteral value: Int) { self = .constant(Double(value)) }

  /// One truth value everywhere.
  public init(booleanLiteral value: Bool) { self = .constant(value ? 1 : 0) }
}
