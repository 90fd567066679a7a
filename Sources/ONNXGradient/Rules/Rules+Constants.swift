extension Rules {
  /// Operators whose derivative is zero wherever it exists; a path never runs through them.
  static let constants: [GradientRule] = [
    GradientRule(constant: "Shape", "a shape"),
    GradientRule(constant: "Size", "a count"),
    GradientRule(constant: "ArgMax", "an index"),
    GradientRule(constant: "ArgMin", "an index"),
    GradientRule(constant: "NonZero", "indices"),
    GradientRule(constant: "Equal", "a comparison"),
    GradientRule(constant: "Greater", "a comparison"),
    GradientRule(constant: "GreaterOrEqual", "a comparison"),
    GradientRule(constant: "Less", "a comparison"),
    GradientRule(constant: "LessOrEqual", "a comparison"),
    GradientRule(constant: "IsNaN", "a comparison"),
    GradientRule(constant: "IsInf", "a comparison"),
    GradientRule(constant: "Sign", "steps"),
    GradientRule(constant: "Floor", "steps"),
    GradientRule(constant: "Ceil", "steps"),
    GradientRule(constant: "Round", "steps"),
    GradientRule(constant: "Constant", "a constant"),
    GradientRule(constant: "ConstantOfShape", "a constant"),
    GradientRule(constant: "Range", "a sequence"),
    GradientRule(constant: "OneHot", "zeros and ones"),
  ]
}
