import ONNXFormat

extension ShapeRules {
  /// Operators that keep their first input's shape, and those that broadcast.
  static let elementwise: [String: ShapeRule] = {
    var rows: [String: ShapeRule] = [:]
    for name in [
      "Relu", "LeakyRelu", "PRelu", "Elu", "Selu", "Celu", "Sigmoid", "HardSigmoid", "HardSwish",
      "Swish", "Mish", "Gelu", "Erf", "Tanh", "Softplus", "Softsign", "ThresholdedRelu", "Clip",
      "Abs", "Sqrt", "Exp", "Log", "Neg", "Reciprocal", "Sign", "Floor", "Ceil", "Round", "Sin",
      "Cos", "Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh", "Asinh", "Acosh", "Atanh", "Shrink",
      "Softmax", "LogSoftmax", "Hardmax", "LpNormalization", "LRN", "MeanVarianceNormalization",
      "InstanceNormalization", "GroupNormalization",
      "RMSNormalization", "SimplifiedLayerNormalization", "ImageScaler", "CumSum", "BitwiseNot",
      "Trilu",
      "com.microsoft.Gelu", "com.microsoft.FastGelu", "com.microsoft.BiasGelu",
      "com.microsoft.QuickGelu",
    ] {
      rows[name] = { [sameAsFirst($0)] }
    }
    rows["BatchNormalization"] = { question in
      let statistics = [3, 4, 3, 4].map { question.input($0) }
      return [sameAsFirst(question)] + statistics
    }
    rows["LayerNormalization"] = { [sameAsFirst($0)] + statistics($0) }
    for name in ["EyeLike", "RandomNormalLike", "RandomUniformLike"] {
      rows[name] = { question in
        var facts = sameAsFirst(question)
        if let type = question.node.int("dtype") {
          facts.type = ElementType(rawValue: Int32(truncatingIfNeeded: type))
        }
        return [facts]
      }
    }
    rows["Identity"] = { [$0.input(0)] }
    rows["Dropout"] = { question in
      var mask = sameAsFirst(question)
      mask.type = .bool
      return [question.input(0), mask]
    }
    rows["Cast"] = {
      [cast($0, to: $0.node.int("to").map { ElementType(rawValue: Int32(truncatingIfNeeded: $0)) })]
    }
    rows["CastLike"] = { [cast($0, to: $0.input(1).type)] }
    rows["Add"] = { [broadcast($0, +)] }
    rows["Sub"] = { [broadcast($0, -)] }
    rows["Mul"] = { [broadcast($0, *)] }
    rows["Div"] = { [broadcast($0, /)] }
    rows["Mod"] = { $0.node.int("fmod") == 1 ? [broadcast($0)] : [broadcast($0) { $0 % $1 }] }
    for name in [
      "Pow", "Sum", "Mean", "Max", "Min", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "BitShift",
    ] {
      rows[name] = { [broadcast($0)] }
    }
    for name in [
      "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "And", "Or", "Xor",
    ] {
      rows[name] = { [compare($0)] }
    }
    rows["Not"] = { question in
      var facts = sameAsFirst(question)
      facts.integers = question.input(0).integers?.map { side in
        side.value.map { .fixed($0 == 0 ? 1 : 0) } ?? .unknown
      }
      return [facts]
    }
    rows["IsNaN"] = { [compare($0)] }
    rows["IsInf"] = { [compare($0)] }
    rows["QuantizeLinear"] = { question in
      var facts = sameAsFirst(question)
      let named = question.node.int("output_dtype").flatMap { $0 == 0 ? nil : $0 }
      facts.type =
        question.input(2).type
        ?? named.map { ElementType(rawValue: Int32(truncatingIfNeeded: $0)) } ?? .uint8
      return [facts]
    }
    rows["DynamicQuantizeLinear"] = { question in
      var facts = sameAsFirst(question)
      facts.type = .uint8
      return [facts, ValueFacts(type: .float, shape: []), ValueFacts(type: .uint8, shape: [])]
    }
    rows["DequantizeLinear"] = { question in
      var facts = sameAsFirst(question)
      facts.type = question.input(1).type
      return [facts]
    }
    rows["Where"] = { [choose($0)] }
    return rows
  }()

  /// Mean and inverse deviation over the last axes, one position each.
  private static func statistics(_ question: ShapeQuestion) -> [ValueFacts] {
    var facts = ValueFacts(
      type: ElementType(rawValue: Int32(truncatingIfNeeded: question.node.int("stash_type") ?? 1)))
    if var shape = question.input(0).shape,
      let axis = Axes.place(question.node.int("axis") ?? -1, in: shape.count)
    {
      for place in axis..<shape.count { shape[place] = .fixed(1) }
      facts.shape = shape
    }
    return [facts, facts]
  }

  /// The first input's facts without its contents.
  static func sameAsFirst(_ question: ShapeQuestion) -> ValueFacts {
    var facts = question.input(0)
    facts.integers = nil
    facts.floats = nil
    return facts
  }

  /// The shape several inputs broadcast to, and the contents where a row computes them.
  static func broadcast(
    _ question: ShapeQuestion, _ combine: ((Dimension, Dimension) -> Dimension)? = nil
  ) -> ValueFacts {
    let inputs = question.inputs
    var facts = ValueFacts(type: inputs.first?.type)
    facts.shape = broadcastShape(inputs.map(\.shape))
    facts.arrangement = .broadcast(inputs, to: facts.shape)
    guard let combine, inputs.count == 2, facts.type.map({ !$0.isFloatingPoint }) ?? true,
      let pairs = paired(question.input(0), question.input(1), facts.shape)
    else { return facts }
    facts.integers = pairs.map(combine)
    return facts
  }

  /// Contents paired as their shapes broadcast.
  static func paired(
    _ a: ValueFacts, _ b: ValueFacts, _ shape: Shape?
  ) -> [(Dimension, Dimension)]? {
    guard let left = a.integers, let right = b.integers else { return nil }
    guard let sides = shape?.fixedSides, let aSides = a.shape?.fixedSides,
      let bSides = b.shape?.fixedSides, let count = shape?.product.value,
      count <= ValueFacts.contentLimit, left.count == a.shape?.product.value,
      right.count == b.shape?.product.value
    else { return paired(left, right) }
    return (0..<count).map { place in
      (left[broadcastPlace(place, sides, aSides)], right[broadcastPlace(place, sides, bSides)])
    }
  }

  /// Which element of a narrower shape stands at a place of the shape it broadcasts to.
  private static func broadcastPlace(_ place: Int, _ wide: [Int], _ narrow: [Int]) -> Int {
    var (rest, result, stride) = (place, 0, 1)
    for (axis, side) in wide.enumerated().reversed() {
      let position = rest % side
      rest /= side
      let own = axis - (wide.count - narrow.count)
      guard own >= 0 else { continue }
      result += min(position, narrow[own] - 1) * stride
      stride *= narrow[own]
    }
    return result
  }

  /// Contents paired element by element, a single one repeated.
  static func paired(_ a: [Dimension], _ b: [Dimension]) -> [(Dimension, Dimension)]? {
    if a.count == b.count { return Array(zip(a, b)) }
    if b.count == 1 { return a.map { ($0, b[0]) } }
    if a.count == 1 { return b.map { (a[0], $0) } }
    return nil
  }

  /// The shape that shapes broadcast to, or nil where one is not known.
  static func broadcastShape(_ shapes: [Shape?]) -> Shape? {
    let known = shapes.compactMap { $0 }
    guard known.count == shapes.count, let rank = known.map(\.count).max() else { return nil }
    return (0..<rank).map { axis in
      let sides = known.compactMap { shape -> Dimension? in
        let position = axis - (rank - shape.count)
        return position >= 0 ? shape[position] : nil
      }
      let wide = sides.filter { $0 != .fixed(1) }
      guard let first = wide.first else { return .fixed(1) }
      return wide.first { $0 != .unknown } ?? first
    }
  }

  /// Comparisons of numbers, and of truth values as 0 and 1.
  private static let comparisons: [String: @Sendable (Int, Int) -> Bool] = [
    "Greater": { $0 > $1 }, "GreaterOrEqual": { $0 >= $1 }, "Less": { $0 < $1 },
    "LessOrEqual": { $0 <= $1 }, "And": { $0 != 0 && $1 != 0 }, "Or": { $0 != 0 || $1 != 0 },
    "Xor": { ($0 != 0) != ($1 != 0) },
  ]

  private static func compare(_ question: ShapeQuestion) -> ValueFacts {
    var facts = broadcast(question)
    facts.type = .bool
    guard question.inputs.count == 2, let a = question.input(0).integers,
      let b = question.input(1).integers, let pairs = paired(a, b),
      !pairs.contains(where: { $0 == .unknown || $1 == .unknown })
    else { return facts }
    if let compared = comparisons[question.node.opType] {
      let numbers = pairs.compactMap { pair in
        pair.0.value.flatMap { left in pair.1.value.map { (left, $0) } }
      }
      guard numbers.count == pairs.count else { return facts }
      facts.integers = numbers.map { .fixed(compared($0.0, $0.1) ? 1 : 0) }
      return facts
    }
    guard question.node.opType == "Equal" else { return facts }
    // A batch never equals a number that stands for 'as before' or 'broadcast' (-1, 0, 1).
    facts.integers = pairs.map { .fixed($0 == $1 ? 1 : 0) }
    return facts
  }

  private static func choose(_ question: ShapeQuestion) -> ValueFacts {
    var facts = broadcast(question)
    facts.type = question.input(1).type ?? question.input(2).type
    guard let condition = question.input(0).integers, let a = question.input(1).integers,
      let b = question.input(2).integers, condition.count == max(a.count, b.count),
      let pairs = paired(a, b), pairs.count == condition.count
    else { return facts }
    facts.integers = zip(condition, pairs).map { $0 == .fixed(0) ? $1.1 : $1.0 }
    return facts
  }

  private static func cast(_ question: ShapeQuestion, to type: ElementType?) -> ValueFacts {
    var facts = question.input(0)
    facts.type = type
    facts.floats = nil
    if type != .int64, type != .int32 { facts.integers = nil }
    return facts
  }
}
