package import ONNXFormat

/// A value in a graph being written; arithmetic on terms writes nodes.
///
/// Formulas can so stand in code as they stand on paper: `dy * (1 - y * y)`.
package struct Term {
  /// The value's name in the graph.
  package let name: String
  /// The type of its elements.
  package let type: ElementType
  /// Where nodes are written.
  package let builder: GraphBuilder
}

// MARK: - Arithmetic, broadcasting as NumPy does

extension Term {
  package static func + (a: Term, b: Term) -> Term { a.builder.emit("Add", [a, b]) }
  package static func - (a: Term, b: Term) -> Term { a.builder.emit("Sub", [a, b]) }
  package static func * (a: Term, b: Term) -> Term { a.builder.emit("Mul", [a, b]) }
  package static func / (a: Term, b: Term) -> Term { a.builder.emit("Div", [a, b]) }
  package static prefix func - (a: Term) -> Term { a.builder.emit("Neg", [a]) }

  package static func + (a: Term, b: Float) -> Term { a + a.scalar(b) }
  package static func - (a: Term, b: Float) -> Term { a - a.scalar(b) }
  package static func * (a: Term, b: Float) -> Term { b == 1 ? a : a * a.scalar(b) }
  package static func / (a: Term, b: Float) -> Term { b == 1 ? a : a / a.scalar(b) }
  package static func + (a: Float, b: Term) -> Term { b.scalar(a) + b }
  package static func - (a: Float, b: Term) -> Term { b.scalar(a) - b }
  package static func * (a: Float, b: Term) -> Term { b * a }
  package static func / (a: Float, b: Term) -> Term { b.scalar(a) / b }

  /// A constant of this term's element type.
  package func scalar(_ value: Float) -> Term { builder.scalar(value, type: type) }

  /// An operator that keeps shape and type.
  package func apply(_ operatorName: String, _ attributes: AttributeProto...) -> Term {
    builder.emit(operatorName, [self], attributes: attributes)
  }

  package var squareRoot: Term { apply("Sqrt") }
  package var exponential: Term { apply("Exp") }
  package var magnitude: Term { apply("Abs") }
  package var rectified: Term { apply("Relu") }
}

// MARK: - Masks: one where a comparison holds, else zero, in the type of the values

extension Term {
  /// Where this is greater.
  ///
  /// A product with a cast comparison is several times faster in ONNX Runtime than Where.
  package func mask(greaterThan other: Term) -> Term { compared("Greater", other).cast(to: type) }

  /// Where this is greater than a number.
  package func mask(greaterThan value: Float) -> Term { mask(greaterThan: scalar(value)) }

  /// Where this is less.
  package func mask(lessThan other: Term) -> Term { compared("Less", other).cast(to: type) }

  /// Where this is less than a number.
  package func mask(lessThan value: Float) -> Term { mask(lessThan: scalar(value)) }

  /// Where this is not less.
  package func mask(atLeast other: Term) -> Term {
    compared("Less", other).negated.cast(to: type)
  }

  /// Where this is not less than a number.
  package func mask(atLeast value: Float) -> Term { mask(atLeast: scalar(value)) }

  /// Where this is not greater than a number.
  package func mask(atMost value: Float) -> Term { mask(atMost: scalar(value)) }

  /// Where this is not greater.
  package func mask(atMost other: Term) -> Term {
    compared("Greater", other).negated.cast(to: type)
  }

  /// Where both are equal.
  package func mask(equalTo other: Term) -> Term { equals(other).cast(to: type) }

  /// With ones in the place of zeros, to be divided by.
  package var withoutZeros: Term { self + mask(equalTo: scalar(0)) }

  /// A comparison for equality; float values could not be compared so before operator set 11.
  package func equals(_ other: Term) -> Term {
    if builder.opset >= 11 || !type.isFloatingPoint { return compared("Equal", other) }
    return compared("Greater", other).negated.and(compared("Less", other).negated)
  }

  /// A boolean turned round.
  package var negated: Term { apply("Not") }

  /// Where both booleans hold.
  package func and(_ other: Term) -> Term { builder.emit("And", [self, other]) }

  /// Where one boolean holds.
  package func or(_ other: Term) -> Term { builder.emit("Or", [self, other]) }

  private func compared(_ operatorName: String, _ other: Term) -> Term {
    builder.emit(operatorName, [self, other], type: .bool)
  }
}
