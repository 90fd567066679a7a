import ONNXFormat
import ONNXGradient
import ONNXGraph
import ONNXSession
import Testing
import _TestSupport

/// Guided backpropagation and Deconvnet through activations, each as its summary says.
@Suite struct RectifierTests {
  /// Activations of x, as operators and as exporters write them out.
  private static let rectifiers: [String] = [
    "y = Relu(x)", "y = LeakyRelu<alpha=0.2>(x)", "y = PRelu(x, slope)", "y = Elu(x)",
    "y = Selu(x)", "y = Celu<alpha=2.0>(x)", "y = HardSwish(x)", "y = Mish(x)", "y = Gelu(x)",
    "y = Gelu<approximate=\"tanh\">(x)", "y = Softplus(x)", "y = ThresholdedRelu<alpha=0.3>(x)",
    "y = Clip(x, zero, six)", "y = Clip(x, zero)", "y = Max(x, zero)", "y = Max(zero, x)",
    "y = com.microsoft.QuickGelu(x)",
    // Swish
    "s = Sigmoid(x)\ny = Mul(x, s)", "s = Sigmoid(x)\ny = Mul(s, x)",
    // HardSwish in three ways
    "s = HardSigmoid<alpha=0.16666667>(x)\ny = Mul(x, s)",
    "a = Add(x, three)\nb = Clip(a, zero, six)\nc = Div(b, six)\ny = Mul(x, c)",
    "a = Add(three, x)\nb = Clip(a, zero, six)\nc = Mul(x, b)\ny = Div(c, six)",
    // Mish
    "a = Softplus(x)\nb = Tanh(a)\ny = Mul(x, b)",
    // Gelu by the error function, in two orders
    "a = Div(x, root)\nb = Erf(a)\nc = Add(b, one)\nd = Mul(x, c)\ny = Mul(d, half)",
    "a = Mul(x, half)\nb = Div(x, root)\nc = Erf(b)\nd = Add(c, one)\ny = Mul(a, d)",
    // Gelu by tanh
    """
    a = Pow(x, three)
    b = Mul(a, small)
    c = Add(x, b)
    d = Mul(c, wide)
    e = Tanh(d)
    f = Add(e, one)
    g = Mul(x, f)
    y = Mul(g, half)
    """,
  ]

  /// What only looks like one.
  private static let others: [String] = [
    "y = Sigmoid(x)", "y = Tanh(x)", "y = Softsign(x)", "y = Shrink(x)", "y = HardSigmoid(x)",
    "y = Mul(x, x)", "y = Clip(x, one, six)", "y = Max(x, one)", "y = Mul(x, half)",
    // A gate by itself, and gates that are not of x or not gates.
    "a = Add(x, three)\ny = Clip(a, zero, six)", "a = Tanh(x)\ny = Mul(x, a)",
    "a = ReduceMean(x, axes)\ns = Sigmoid(a)\ny = Mul(x, s)",
  ]

  private static func model(_ text: String) -> ModelProto {
    func number(_ name: String, _ value: Float) -> TensorProto {
      TensorProto(name, shape: [], floats: [value])
    }
    return _TestSupport.model(
      text, inputs: [ValueInfoProto("x", type: .float, shape: [2, 12])],
      outputs: [ValueInfoProto("y", type: .float, shape: [2, 12])],
      initializers: [
        number("zero", 0), number("half", 0.5), number("one", 1), number("three", 3),
        number("six", 6), number("root", 2.0.squareRoot().asFloat), number("small", 0.044715),
        number("wide", 0.7978846), TensorProto("slope", shape: [1], floats: [0.3]),
        TensorProto("axes", shape: [1], int64s: [1]),
      ], opset: 20)
  }

  /// Both signs of x and dy, and no kink.
  private static let x = Tensor(
    shape: [2, 12], floats: (0..<24).map { Float($0) * 0.35 - 4.07 })
  private static let dy = Tensor(
    shape: [2, 12], floats: (0..<24).map { Float($0 * 7 % 11) * 0.2 - 0.9 })

  private func gradient(
    _ model: ModelProto, _ rules: RuleTable, dy: Tensor = Self.dy
  ) throws -> [Float] {
    let (written, outputs, _) = try model.differentiated(by: ["x"], from: "y", rules: rules)
    return try run(written, ["x": Self.x, "cotangent": dy], outputs: outputs)[0].floats
  }

  private func count(_ model: ModelProto) -> Int {
    Gradient(writingTo: GraphBuilder(after: Graph(model))).rectifiers(from: ["x"], to: "y").count
  }

  @Test("Rectifiers pass what is positive", arguments: rectifiers)
  func rectifies(text: String) throws {
    let model = Self.model(text)
    #expect(count(model) == 1)
    let y = try run(model, ["x": Self.x])[0].floats
    let ones = Tensor(shape: [2, 12], floats: Array(repeating: 1, count: 24))
    let slopes = try gradient(model, .standard, dy: ones)
    let positive = Self.dy.floats.map { max($0, 0) }
    let guided = (0..<24).map { y[$0] > 0 ? slopes[$0] * positive[$0] : 0 }
    let found = try Difference(gradient(model, .guided), guided)
    #expect(found.relative <= 1e-5, "\(found)")
    // 2e-5: ⅙ as a float is 1e-7 off, and 6 of them make the gate.
    let passed = try Difference(gradient(model, .deconvnet), positive)
    #expect(passed.relative <= 2e-5, "\(passed)")
  }

  @Test("All else keeps its derivative", arguments: others)
  func keeps(text: String) throws {
    let model = Self.model(text)
    #expect(count(model) == 0)
    let plain = try gradient(model, .standard)
    #expect(try gradient(model, .guided) == plain)
    #expect(try gradient(model, .deconvnet) == plain)
  }

  @Test("A convolution fused with its ReLU is both")
  func fused() throws {
    var random = SeededGenerator(seed: 4)
    let weight = TensorProto("w", shape: [3, 2, 3, 3], floats: random.floats(54))
    func conv(_ text: String) -> ModelProto {
      _TestSupport.model(
        text, inputs: [ValueInfoProto("x", type: .float, shape: [1, 2, 6, 6])],
        outputs: [ValueInfoProto("y", type: .float, shape: [1, 3, 4, 4])],
        initializers: [weight])
    }
    let inputs = [
      "x": Tensor(shape: [1, 2, 6, 6], floats: random.floats(72)),
      "cotangent": Tensor(shape: [1, 3, 4, 4], floats: random.floats(48)),
    ]
    for rules in [RuleTable.guided, .deconvnet] {
      let found = try [
        "y = com.microsoft.FusedConv<activation=\"Relu\">(x, w)", "c = Conv(x, w)\ny = Relu(c)",
      ].map { text in
        let (model, outputs, _) = try conv(text).differentiated(
          by: ["x"], from: "y", rules: rules)
        return try run(model, inputs, outputs: outputs)[0].floats
      }
      let difference = Difference(found[0], found[1])
      #expect(difference.relative <= 1e-5, "\(difference)")
    }
  }
}

extension Double {
  /// This number in float32.
  fileprivate var asFloat: Float { Float(self) }
}
