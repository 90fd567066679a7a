import ONNXFormat

/// A row for every rule of the standard table; some rules have more than one.
enum RuleRows {
  static let all =
    elementwise + arithmetic + structures + windows + normalizations + indexed + microsoft

  /// A differentiated input named `x`.
  static func x(
    _ shape: [Int], _ range: ClosedRange<Float> = -2...2, kinks: [Float] = [],
    name: String = "x"
  ) -> RuleInput {
    RuleInput(name: name, shape: shape, domain: .range(range, kinks: kinks))
  }

  /// An input whose elements all differ.
  static func distinct(_ shape: [Int], name: String = "x") -> RuleInput {
    RuleInput(name: name, shape: shape, domain: .distinct)
  }

  /// Weights with no two alike.
  static func weight(_ name: String, _ shape: [Int], from first: Float = -0.6)
    -> TensorProto
  {
    let count = shape.reduce(1, *)
    let step = 1.3 / Float(max(count, 1))
    let floats = (0..<count).map { first + step * Float(($0 * 7) % count) }
    return TensorProto(name, shape: shape, floats: floats)
  }

  static func integers(_ name: String, _ values: [Int], shape: [Int]? = nil) -> TensorProto {
    TensorProto(name, shape: shape ?? [values.count], int64s: values)
  }

  // MARK: One input, element by element

  private static let elementwise: [RuleRow] =
    [
      ("y = Relu(x)", -2...2, [0]), ("y = LeakyRelu<alpha=0.2>(x)", -2...2, [0]),
      ("y = Elu<alpha=1.5>(x)", -2...2, [0]), ("y = Selu(x)", -2...2, [0]),
      ("y = Celu<alpha=0.7>(x)", -2...2, [0]), ("y = Sigmoid(x)", -2...2, []),
      ("y = HardSigmoid(x)", -4...4, [-2.5, 2.5]), ("y = HardSwish(x)", -4...4, [-3, 3]),
      ("y = Tanh(x)", -2...2, []), ("y = Softplus(x)", -2...2, []),
      ("y = Softsign(x)", -2...2, [0]), ("y = ThresholdedRelu<alpha=0.5>(x)", -2...2, [0.5]),
      ("y = Abs(x)", -2...2, [0]), ("y = Neg(x)", -2...2, []),
      ("y = Reciprocal(x)", 0.5...2, []), ("y = Sqrt(x)", 0.5...2, []),
      ("y = Exp(x)", -2...2, []), ("y = Log(x)", 0.5...2, []), ("y = Erf(x)", -2...2, []),
      ("y = Sin(x)", -2...2, []), ("y = Cos(x)", -2...2, []), ("y = Tan(x)", -1...1, []),
      ("y = Asin(x)", -0.8...0.8, []), ("y = Acos(x)", -0.8...0.8, []),
      ("y = Atan(x)", -2...2, []), ("y = Sinh(x)", -2...2, []), ("y = Cosh(x)", -2...2, []),
      ("y = Asinh(x)", -2...2, []), ("y = Acosh(x)", 1.5...3, []),
      ("y = Atanh(x)", -0.8...0.8, []), ("y = Identity(x)", -2...2, []),
      ("y = Dropout(x)", -2...2, []),
      ("y = Shrink<bias=0.2, lambd=0.5>(x)", -2...2, [-0.5, 0.5]),
      ("y = Cast<to=1>(x)", -2...2, []),
    ].map { text, range, kinks in RuleRow(text: text, inputs: [x([2, 3], range, kinks: kinks)]) }
    + [
      RuleRow(
        text: "y = CastLike(x, like)", inputs: [x([2, 3])],
        constants: [TensorProto("like", shape: [], floats: [0])]),
      RuleRow(text: "y = Mish(x)", inputs: [x([2, 3])], opset: 18),
      RuleRow(text: "y = Gelu(x)", inputs: [x([2, 3])], opset: 20),
      RuleRow(text: "y = Gelu<approximate=\"tanh\">(x)", inputs: [x([2, 3])], opset: 20),
      RuleRow(text: "y = Swish<alpha=1.3>(x)", inputs: [x([2, 3])], opset: 24),
      RuleRow(
        text: "y = Clip(x, low, high)", inputs: [x([2, 3], kinks: [-1, 0.5])],
        constants: [
          TensorProto("low", shape: [], floats: [-1]),
          TensorProto("high", shape: [], floats: [0.5]),
        ]),
      RuleRow(
        text: "y = Clip(x, low, high)", inputs: [x([2, 3], -2...8, kinks: [0, 6])],
        constants: [
          TensorProto("low", shape: [], floats: [0]), TensorProto("high", shape: [], floats: [6]),
        ]),
    ]

  // MARK: Several inputs

  private static let arithmetic: [RuleRow] =
    ["Add", "Sub", "Mul"].map { name in
      RuleRow(text: "y = \(name)(x, z)", inputs: [x([2, 3]), x([3], name: "z")])
    } + [
      RuleRow(text: "y = Div(x, z)", inputs: [x([2, 3]), x([2, 1], 0.5...2, name: "z")]),
      RuleRow(text: "y = Pow(x, z)", inputs: [x([2, 3], 0.5...2), x([1, 3], name: "z")]),
      RuleRow(
        text: "y = Mod<fmod=1>(x, z)",
        inputs: [x([2, 3], 2.2...2.5), x([3], 0.95...1.05, name: "z")]),
      RuleRow(text: "y = PRelu(x, z)", inputs: [x([2, 3], kinks: [0]), x([3], name: "z")]),
      RuleRow(text: "y = Sum(x, z, x)", inputs: [x([2, 3]), x([3], name: "z")]),
      RuleRow(text: "y = Mean(x, z)", inputs: [x([2, 3]), x([2, 1], name: "z")]),
      RuleRow(
        text: "y = Max(x, z)", inputs: [distinct([2, 3]), x([1, 1], 0.15...0.2, name: "z")]),
      RuleRow(
        text: "y = Min(x, z)", inputs: [distinct([2, 3]), x([1, 1], 0.15...0.2, name: "z")]),
      RuleRow(
        text: "y = Where(chosen, x, z)", inputs: [x([2, 3]), x([3], name: "z")],
        constants: [boolean("chosen", [1, 0, 1, 0, 0, 1], shape: [2, 3])]),
      RuleRow(text: "y = MatMul(x, z)", inputs: [x([2, 3, 2]), x([2, 4], name: "z")]),
      RuleRow(
        text: "y = Gemm<alpha=0.5, beta=2.0, transB=1>(x, z, v)",
        inputs: [x([2, 3]), x([4, 3], name: "z"), x([4], name: "v")]),
      RuleRow(
        text: "y = Einsum<equation=\"bij,bkj->bik\">(x, z)",
        inputs: [x([2, 3, 2]), x([2, 2, 2], name: "z")]),
    ]

  static func boolean(_ name: String, _ values: [Int32], shape: [Int]) -> TensorProto {
    var tensor = TensorProto()
    tensor.name = name
    tensor.dataType = 9
    tensor.dims = shape.map(Int64.init)
    tensor.int32Data = values
    return tensor
  }

  // MARK: Views, choices, sums

  private static let structures: [RuleRow] =
    [
      "ReduceSum<keepdims=0>(x, axes)", "ReduceMean<axes=[1], keepdims=0>(x)",
      "ReduceProd<axes=[1]>(x)", "ReduceMax<axes=[1]>(x)", "ReduceMin<axes=[-1], keepdims=0>(x)",
    ].map { text in
      RuleRow(
        text: "y = \(text)", inputs: [distinct([2, 3])],
        constants: text.contains("axes)") ? [integers("axes", [-1])] : [])
    }
    + ["ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp"].map { name in
      RuleRow(text: "y = \(name)<axes=[1]>(x)", inputs: [x([2, 3], 0.3...2)])
    }
    + [
      RuleRow(text: "y = Softmax(x)", inputs: [x([2, 3])]),
      RuleRow(text: "y = LogSoftmax<axis=1>(x)", inputs: [x([2, 3])]),
      RuleRow(
        text: "y = Reshape(x, shape)", inputs: [x([2, 3])], constants: [integers("shape", [3, 2])]),
      RuleRow(text: "y = Flatten(x)", inputs: [x([2, 3, 2])]),
      RuleRow(
        text: "y = Squeeze(x, axes)", inputs: [x([2, 1, 3])], constants: [integers("axes", [1])]),
      RuleRow(
        text: "y = Unsqueeze(x, axes)", inputs: [x([2, 3])], constants: [integers("axes", [1])]),
      RuleRow(text: "y = Transpose<perm=[2, 0, 1]>(x)", inputs: [x([2, 3, 2])]),
      RuleRow(
        text: "y = Expand(x, shape)", inputs: [x([2, 1])],
        constants: [integers("shape", [2, 2, 3])]),
      RuleRow(
        text: "y = Tile(x, repeats)", inputs: [x([2, 3])],
        constants: [integers("repeats", [2, 3])]),
      RuleRow(text: "y = Trilu<upper=0>(x)", inputs: [x([3, 3])]),
      RuleRow(text: "y = DepthToSpace<blocksize=2, mode=\"CRD\">(x)", inputs: [x([1, 4, 1, 2])]),
      RuleRow(text: "y = SpaceToDepth<blocksize=2>(x)", inputs: [x([1, 1, 2, 4])]),
      RuleRow(text: "y = Concat<axis=1>(x, z)", inputs: [x([2, 3]), x([2, 2], name: "z")]),
      RuleRow(
        text: "y, rest = Split<axis=1>(x, parts)", inputs: [x([2, 5])],
        constants: [integers("parts", [2, 3])]),
      RuleRow(
        text: "y = Slice(x, start, end, axes, step)", inputs: [x([2, 7])],
        constants: [
          integers("start", [-1]), integers("end", [0]), integers("axes", [1]),
          integers("step", [-2]),
        ]),
      RuleRow(
        text: "y = Gather<axis=1>(x, places)", inputs: [x([2, 4])],
        constants: [integers("places", [1, -1, 1, 0], shape: [2, 2])]),
      RuleRow(
        text: "y = GatherElements<axis=1>(x, places)", inputs: [x([2, 4])],
        constants: [integers("places", [1, 1, 3, 0], shape: [2, 2])]),
      RuleRow(
        text: "y = GatherND(x, places)", inputs: [x([2, 4])],
        constants: [integers("places", [1, 1, 0, 3, 1, 1], shape: [3, 2])]),
      RuleRow(
        text: "y = CumSum<exclusive=1>(x, axis)", inputs: [x([2, 4])],
        constants: [integers("axis", [1], shape: [])]),
      RuleRow(
        text: "y = Pad<mode=\"reflect\">(x, pads)", inputs: [x([2, 4])],
        constants: [integers("pads", [0, 2, 0, 1])]),
    ]

  // MARK: Windows and resolution

  private static let windows: [RuleRow] = [
    RuleRow(
      text: "y = Conv<pads=[1, 0, 0, 1]>(x, w, b)", inputs: [x([1, 2, 3, 4])],
      constants: [weight("w", [3, 2, 2, 2]), weight("b", [3])]),
    RuleRow(
      text: "y = Conv<strides=[2, 2], pads=[1, 1, 1, 1]>(x, w)", inputs: [x([1, 2, 4, 5])],
      constants: [weight("w", [3, 2, 3, 3])]),
    RuleRow(
      text: "y = Conv<group=2, strides=[2, 1], pads=[1, 0, 0, 1]>(x, z, v)",
      inputs: [x([2, 4, 4, 3]), x([2, 2, 2, 2], name: "z"), x([2], name: "v")]),
    RuleRow(
      text: "y = ConvTranspose<group=2, strides=[2, 1], pads=[1, 0, 0, 1]>(x, z, v)",
      inputs: [x([2, 4, 3, 3]), x([4, 1, 2, 2], name: "z"), x([2], name: "v")]),
    RuleRow(
      text: "y = ConvTranspose<auto_pad=\"SAME_UPPER\", strides=[2, 2]>(x, w)",
      inputs: [x([1, 2, 2, 3])], constants: [weight("w", [2, 3, 3, 3])]),
    RuleRow(
      text: "y = ConvTranspose<strides=[2, 2]>(x, w)", inputs: [x([1, 2, 2, 3])],
      constants: [weight("w", [2, 3, 2, 2])]),
    RuleRow(
      text: "y = MaxPool<kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]>(x)",
      inputs: [distinct([1, 1, 4, 4])]),
    RuleRow(
      text: "y = AveragePool<kernel_shape=[3, 2], strides=[2, 1], pads=[1, 1, 1, 0]>(x)",
      inputs: [x([1, 1, 4, 4])]),
    RuleRow(
      text: "y = LpPool<kernel_shape=[2, 2], strides=[2, 2]>(x)",
      inputs: [x([1, 1, 4, 4], 0.5...2)]),
    RuleRow(
      text: "y = LpPool<kernel_shape=[2, 2], p=3>(x)", inputs: [x([1, 1, 3, 3], 0.5...2)]),
    RuleRow(text: "y = GlobalLpPool<p=3>(x)", inputs: [x([1, 2, 2, 3], 0.5...2)]),
    RuleRow(text: "y = GlobalAveragePool(x)", inputs: [x([1, 2, 2, 3])]),
    RuleRow(text: "y = GlobalMaxPool(x)", inputs: [distinct([1, 2, 2, 3])]),
    RuleRow(
      text:
        "y = Resize<mode=\"linear\", coordinate_transformation_mode=\"half_pixel\">(x, , , sizes)",
      inputs: [x([1, 1, 2, 3])], constants: [integers("sizes", [1, 1, 4, 5])]),
    RuleRow(
      text: "y = Upsample<mode=\"nearest\">(x, scales)", inputs: [x([1, 1, 2, 3])],
      constants: [TensorProto("scales", shape: [4], floats: [1, 1, 2, 3])], opset: 9),
  ]

  // MARK: Normalisations

  private static let normalizations: [RuleRow] = [
    RuleRow(
      text: "y = BatchNormalization(x, scale, bias, mean, variance)", inputs: [x([2, 2, 2])],
      constants: [
        weight("scale", [2]), weight("bias", [2]), weight("mean", [2]),
        weight("variance", [2], from: 0.5),
      ]),
    RuleRow(
      text: "y = InstanceNormalization(x, scale, bias)", inputs: [x([1, 2, 2, 2])],
      constants: [weight("scale", [2]), weight("bias", [2])]),
    RuleRow(
      text: "y = LayerNormalization(x, scale)", inputs: [x([2, 4])],
      constants: [weight("scale", [4])]),
    RuleRow(
      text: "y = LayerNormalization(x, z, v)",
      inputs: [x([2, 4]), x([4], name: "z"), x([4], name: "v")]),
    RuleRow(
      text: "y = SimplifiedLayerNormalization<axis=-1, epsilon=1e-5>(x, scale)",
      inputs: [x([2, 4])], constants: [weight("scale", [4])]),
    RuleRow(
      text: "y = RMSNormalization(x, scale)", inputs: [x([2, 4])],
      constants: [weight("scale", [4])], opset: 23),
    RuleRow(
      text: "y = GroupNormalization<num_groups=2>(x, scale, bias)", inputs: [x([1, 4, 2])],
      constants: [weight("scale", [4]), weight("bias", [4])], opset: 21),
    RuleRow(text: "y = MeanVarianceNormalization<axes=[2, 3]>(x)", inputs: [x([1, 2, 2, 2])]),
    RuleRow(text: "y = LpNormalization<axis=1>(x)", inputs: [x([2, 3], 0.3...2)]),
    RuleRow(text: "y = LpNormalization<axis=1, p=1>(x)", inputs: [x([2, 3], 0.3...2)]),
    RuleRow(
      text: "y = LRN<size=3, alpha=0.5, beta=0.75, bias=1.0>(x)", inputs: [x([1, 4, 2, 1])]),
    RuleRow(
      text: "y = ImageScaler<bias=[0.1, -0.2], scale=0.7>(x)", inputs: [x([1, 2, 2, 3])],
      opset: 7),
  ]
}
