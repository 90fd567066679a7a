import ONNXFormat
import Testing
import _TestSupport

@testable import GradCAM

@Suite("Methods of gradients at the input")
struct InputGradientTests {
  static let methods = Method.inputGradients

  func model(_ name: String) throws -> Model {
    try Model(contentsOf: Fixtures.path("Models/\(name).onnx"))
  }

  /// A model's explanations by a method with few samples.
  func explanations(
    _ model: Model, _ input: FloatTensor, _ method: Method, for targets: [Target],
    batch: Int? = nil, evidence: Evidence = .for
  ) throws -> [Explanation] {
    let explainer = try Explainer(model, preprocessing: .raw)
    var method = method
    if method.parameters.samples != nil { method.parameters.samples = 5 }
    if method.parameters.noise != nil { method.parameters.noise = 0.1 }
    if method.parameters.steps != nil { method.parameters.steps = 6 }
    method.parameters.batch = batch
    return try explainer.explanations(
      of: input, for: targets, at: model.layers(for: method), using: method, showing: evidence)
  }

  func expectClose(
    _ found: [Float], _ wanted: [Float], within tolerance: Float = 1e-6, _ what: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let scale = wanted.reduce(0) { max($0, abs($1)) }
    let worst = zip(found, wanted).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
    #expect(found.count == wanted.count, sourceLocation: sourceLocation)
    #expect(
      worst <= tolerance * scale, "\(what) off by \(worst) of \(scale)",
      sourceLocation: sourceLocation)
  }

  /// What an explanation's numbers are: the attribution, or the map where there is none.
  func values(_ why: Explanation) -> [Float] {
    why.attribution?.values ?? why.rawMap.values
  }
}

// MARK: - Exact

extension InputGradientTests {
  /// y = w · x of a [2, 2, 3] image, for two classes.
  func linear(_ weights: [Float]) throws -> Model {
    try Model(
      ModelFile(
        proto: _TestSupport.model(
          "flat = Flatten(x)\ny = Gemm<transB=1>(flat, w)",
          inputs: [ToyModels.value("x", [-1, 2, 2, 3])],
          outputs: [ToyModels.value("y", [-1, 2])],
          initializers: [TensorProto("w", shape: [2, 12], floats: weights)])))
  }

  @Test("A linear model gives w ⊙ (x − x') with no residual", arguments: [1, 2, 7], [false, true])
  func linear(steps: Int, isGauss: Bool) throws {
    let weights = (0..<24).map { Float($0 % 7) - 3 }
    let input = (0..<12).map { Float($0) * 0.5 - 2 }
    let explainer = try Explainer(linear(weights), preprocessing: .raw)
    var method = Method.integratedGradients
    method.parameters.steps = steps
    method.parameters.baseline = .mean
    let options = Explainer.Question(
      targets: [.class(0), .class(1), .class(1).ratherThan(.class(0))],
      layers: try explainer.model.layers(for: method),
      options: ExplanationOptions(
        method: method, preset: isGauss ? .captum : .paper, evidence: .both))
    let found = try explainer.explain(
      explainer.prepared(FloatTensor(shape: [2, 2, 3], values: input)), preprocessing: "",
      milliseconds: 0, options)
    // The mean of each channel is that of its first and last number.
    let means = [0, 6].map { (input[$0] + input[$0 + 5]) / 2 }
    let way = input.indices.map { input[$0] - means[$0 / 6] }
    let rows = [Array(weights[..<12]), Array(weights[12...])]
    for (place, row) in rows.enumerated() {
      expectClose(values(found[place]), zip(row, way).map { $0 * $1 })
      #expect(abs(found[place].measures[0].value) < 1e-5)
      #expect(found[place].measures.map(\.name) == ["residual", "difference"])
      // Of the numbers fed one class is all but certain; nothing is said of a residual.
      let saturation = Limits.saturation(found[place].probability, classCount: 2)
      #expect(found[place].notes == [saturation].compactMap(\.self))
    }
    let contrast = zip(rows[0], rows[1]).map { $1 - $0 }
    expectClose(values(found[2]), zip(contrast, way).map { $0 * $1 })
    // The map: the sum over the channels.
    let own = values(found[1])
    #expect(found[1].rawMap.values == (0..<6).map { own[$0] + own[6 + $0] })
  }

  @Test("Of a linear model every method is known")
  func known() throws {
    let weights = (0..<24).map { Float($0 % 7) - 3 }
    let input = FloatTensor(shape: [2, 2, 3], values: (0..<12).map { Float($0) * 0.5 - 2 })
    let model = try linear(weights)
    let row = Array(weights[12...])
    let products = zip(row, input.values).map { $0 * $1 }
    func found(_ method: Method) throws -> Explanation {
      try explanations(model, input, method, for: [.class(1)])[0]
    }
    #expect(values(try found(.gradient)) == row.map(abs))
    #expect(
      try found(.gradient).rawMap.values == (0..<6).map { max(abs(row[$0]), abs(row[$0 + 6])) })
    #expect(values(try found(.inputXGradient)) == products)
    #expect(values(try found(.smoothGrad)) == row)
    #expect(values(try found(.smoothGradVariance)) == Array(repeating: 0, count: 12))
    #expect(values(try found(.smoothGradSquared)) == row.map { $0 * $0 })
    for method in [Method.guidedBackprop, .deconvnet] {
      let why = try found(method)
      #expect(values(why) == row)
      #expect(why.notes[0].hasPrefix("the model has no ReLU"))
    }
    // Without noise each sample is x ⊙ w.
    var shap = Method.gradientSHAP
    shap.parameters.samples = 4
    let explainer = try Explainer(model, preprocessing: .raw)
    let why = try explainer.explanations(
      of: input, for: [.class(1)], at: model.layers(for: shap), using: shap)[0]
    expectClose(values(why), products)
    // Both channels scaled to 0 … 1 and added; no bias stands at a place.
    let scaled = (0..<2).map { channel -> [Float] in
      let part = products[channel * 6..<channel * 6 + 6].map(abs)
      let (low, high) = (part.min() ?? 0, part.max() ?? 0)
      return part.map { ($0 - low) / (high - low + 1e-7) }
    }
    expectClose(try found(.fullGrad).rawMap.values, zip(scaled[0], scaled[1]).map { $0 + $1 })
  }

  @Test("Guided backpropagation and Deconvnet of the hand-computed network")
  func byHand() throws {
    let input = FloatTensor(shape: [1, 4, 4], values: (0..<16).map(Float.init))
    let model = try ToyModels.handComputed()
    // Convolutions of ones: a cotangent c at place (i, j) adds c to each pixel of its window.
    func spread(_ cotangents: [[Float]]) -> [Float] {
      var sums = [Float](repeating: 0, count: 16)
      for maps in cotangents {
        for (place, value) in maps.enumerated() {
          for row in 0..<3 {
            for column in 0..<3 {
              sums[(place / 2 + row) * 4 + place % 2 + column] += value
            }
          }
        }
      }
      return sums
    }
    // The second map is [−30, −21, 6, 15] before its ReLU; the last three of eight weights are −1.
    let guided = try explanations(model, input, .guidedBackprop, for: [.class(0)])[0]
    #expect(values(guided) == spread([[0, 1, 1, 1], [0, 0, 0, 0]]))
    let deconvnet = try explanations(model, input, .deconvnet, for: [.class(0)])[0]
    #expect(values(deconvnet) == spread([[1, 1, 1, 1], [1, 0, 0, 0]]))
    #expect(guided.notes == [] && deconvnet.notes == [])
  }
}

// MARK: - Alike however they run

extension InputGradientTests {
  private static let network = "resnet18-dynamo"

  func network() throws -> (Model, FloatTensor) {
    let folder = Fixtures.path("Networks/\(Self.network)")
    let input = try FloatTensor(contentsOf: folder + "/input.npy")
    let model = try Model(
      contentsOf: folder + "/model.onnx",
      size: ImageSize(width: input.shape[3], height: input.shape[2]))
    let sides = Array(input.shape.dropFirst())
    return (
      model, FloatTensor(shape: sides, values: Array(input.values[..<sides.reduce(1, *)]))
    )
  }

  @Test(
    "In batches, one by one and with several targets the numbers are the same", arguments: methods)
  func alike(method: Method) throws {
    let (model, input) = try network()
    let targets: [Target] = [.predicted, .class(2), .class(4).ratherThan(.class(1))]
    let together = try explanations(model, input, method, for: targets)
    for (target, why) in zip(targets, together) {
      for batch in [1, 4] {
        let alone = try explanations(model, input, method, for: [target], batch: batch)[0]
        expectClose(values(alone), values(why), "\(method.name)")
        expectClose(alone.rawMap.values, why.rawMap.values, "\(method.name)")
        #expect(alone.classes == why.classes)
      }
    }
    let again = try explanations(model, input, method, for: targets)
    #expect(again.map(\.rawMap) == together.map(\.rawMap))
    #expect(again.map(\.attribution) == together.map(\.attribution))
  }

  @Test(
    "A seed decides what is drawn",
    arguments: methods.filter { $0.parameters.seed != nil })
  func seeds(method: Method) throws {
    let (model, input) = try network()
    var other = method
    other.parameters.seed = 1
    let found = try [method, other].map {
      try explanations(model, input, $0, for: [.class(1)])[0].attribution
    }
    #expect(found[0] != found[1])
  }

  @Test(
    "Other layouts, batches and numbers give what the plain model gives",
    arguments: methods,
    ["channels-last", "fixed-batch", "opset-7", "stored-optimised", "softmax-tail"])
  func layouts(method: Method, name: String) throws {
    let image = try SharedArrays.images()[0]
    let plain = try explanations(model("plain"), image, method, for: [.class(2)])[0]
    let isLast = name == "channels-last"
    let order = (0..<192).map { isLast ? $0 % 3 * 64 + $0 / 3 : $0 }
    let input = FloatTensor(
      shape: isLast ? [8, 8, 3] : [3, 8, 8], values: order.map { image.values[$0] })
    // Draws fill the input in its own order.
    if isLast, method.parameters.noise != nil { return }
    let why = try explanations(model(name), input, method, for: [.class(2)])[0]
    expectClose(why.rawMap.values, plain.rawMap.values, within: 1e-5)
    if let attribution = plain.attribution {
      expectClose(values(why), order.map { attribution.values[$0] }, within: 1e-5)
      #expect(why.attribution?.shape == input.shape)
    } else {
      #expect(why.attribution == nil)
    }
  }

  @Test(
    "Any input of floats serves", arguments: methods,
    [
      ("fixed-batch-of-four", [3, 8, 8]), ("gray", [1, 8, 8]), ("six-bands", [6, 8, 8]),
      ("volume", [1, 6, 8, 10]), ("volume-channels-last", [6, 8, 10, 1]),
      ("regression", [3, 8, 8]),
      ("segmentation", [3, 8, 8]),
    ])
  func inputs(method: Method, row: (String, [Int])) throws {
    var random = SeededGenerator(seed: 3)
    let input = FloatTensor(shape: row.1, values: random.floats(row.1.reduce(1, *)))
    let model = try model(row.0)
    let found = try explanations(model, input, method, for: Target.top(min(2, model.classCount)))
    for why in found {
      let size =
        [model.input.depth].compactMap(\.self) + [model.input.size.height, model.input.size.width]
      #expect(why.rawMap.shape == size)
      #expect(why.attribution.map { $0.shape == row.1 } ?? (method == .fullGrad))
      #expect(why.rawMap.values.contains { $0 != 0 } || method.name.hasSuffix("variance"))
      #expect((why.volume == nil) == (model.input.depth == nil))
    }
    let alone = try explanations(model, input, method, for: [.predicted])[0]
    expectClose(values(alone), values(found[0]), within: 1e-5, method.name)
  }

  @Test("Tokens have gradients at the input too", arguments: methods)
  func tokens(method: Method) throws {
    let names = try Fixtures.names(in: "Tokens").prefix(2)
    for name in names {
      let input = try FloatTensor(contentsOf: Fixtures.path("Tokens/\(name)/input.npy"))
      let sides = Array(input.shape.dropFirst())
      let model = try Model(
        contentsOf: Fixtures.path("Tokens/\(name)/model.onnx"),
        size: ImageSize(width: sides[2], height: sides[1]))
      let one = FloatTensor(shape: sides, values: Array(input.values[..<sides.reduce(1, *)]))
      let why = try explanations(model, one, method, for: [.predicted])[0]
      #expect(why.rawMap.values.contains { $0 != 0 })
    }
  }

  @Test("The gradient is that of float64 autograd")
  func gradient() throws {
    let images = try SharedArrays.images()
    for (place, image) in images.enumerated() {
      let why = try explanations(model("plain"), image, .inputXGradient, for: [.class(2)])[0]
      let wanted = try zip(image.values, SharedArrays.values("input-gradient", place)).map {
        $0 * $1
      }
      expectClose(values(why), wanted, within: 1e-5)
    }
  }
}

// MARK: - Complete

extension InputGradientTests {
  @Test("Integrated Gradients add up to the change of the target, closer with more steps")
  func completeness() throws {
    let (model, input) = try network()
    var method = Method.integratedGradients
    let explainer = try Explainer(model, preprocessing: .raw)
    let layers = try model.layers(for: method)
    var shares: [Double] = []
    for steps in [1, 8, 200] {
      method.parameters.steps = steps
      let why = try explainer.explanations(
        of: input, for: [.predicted], at: layers, using: method)[0]
      let (residual, difference) = (why.measures[0].value, why.measures[1].value)
      let sum = values(why).reduce(0) { $0 + Double($1) }
      #expect(abs(sum - difference - residual) < 1e-9)
      let blank = FloatTensor(shape: input.shape, values: input.values.map { _ in 0 })
      let start = try explainer.explanations(
        of: blank, for: [.class(why.classIndex)], at: layers, using: .gradient)[0]
      #expect(abs(Double(why.logit) - Double(start.logit) - difference) < 1e-5)
      shares.append(abs(residual / difference))
      #expect(why.notes.contains { $0.contains("more steps") } == (shares.last ?? 0 > 0.05))
    }
    // Kinks of ReLU and pooling: no rule converges fast.
    #expect(shares[2] < 0.03)
  }

  @Test(
    "Points along a path integrate what they should", arguments: [1, 2, 3, 5, 10, 50, 51, 200])
  func quadrature(count: Int) {
    let gauss = PathQuadrature(gaussLegendre: count)
    let middle = PathQuadrature(midpoints: count)
    for path in [gauss, middle] {
      #expect(path.points.count == count && path.weights.count == count)
      #expect(
        path.points == path.points.sorted() && path.points.allSatisfy { (0...1).contains($0) })
      #expect(abs(path.weights.reduce(0, +) - 1) < 1e-12)
    }
    // ∫ t^k = 1 / (k + 1), exact to degree 2n − 1.
    for degree in 0...min(2 * count - 1, 20) {
      let integral = zip(gauss.points, gauss.weights).reduce(0.0) { sum, pair in
        sum + pair.1 * (0..<degree).reduce(1.0) { power, _ in power * pair.0 }
      }
      #expect(abs(integral - 1 / Double(degree + 1)) < 1e-13)
    }
  }

  @Test("A bias is one however it is written")
  func biases() throws {
    var random = SeededGenerator(seed: 6)
    let (weight, input) = (random.floats(36), random.floats(72))
    let (shift, mean) = (random.floats(2), random.floats(2))
    let variance = random.floats(2, in: 0.5...2)
    let head = random.floats(6)
    func map(_ text: String, _ more: [TensorProto], weight: [Float]) throws -> [Float] {
      let model = try Model(
        ModelFile(
          proto: _TestSupport.model(
            text + "\nr = Relu(b)\np = GlobalAveragePool(r)\nf = Flatten(p)\ny = Gemm(f, head)",
            inputs: [ToyModels.value("x", [-1, 2, 6, 6])],
            outputs: [ToyModels.value("y", [-1, 3])],
            initializers: more + [
              TensorProto("w", shape: [2, 2, 3, 3], floats: weight),
              TensorProto("head", shape: [2, 3], floats: head),
            ])))
      return try explanations(
        model, FloatTensor(shape: [2, 6, 6], values: input), .fullGrad, for: [.class(1)])[0]
        .rawMap.values
    }
    let normalized = try map(
      "a = Conv(x, w)\nb = BatchNormalization<epsilon=0.0>(a, scale, shift, mean, variance)",
      [
        TensorProto("scale", shape: [2], floats: [1.5, 0.5]),
        TensorProto("shift", shape: [2], floats: shift),
        TensorProto("mean", shape: [2], floats: mean),
        TensorProto("variance", shape: [2], floats: variance),
      ], weight: weight)
    let factors = [1.5 / variance[0].squareRoot(), 0.5 / variance[1].squareRoot()]
    let folded = weight.indices.map { weight[$0] * factors[$0 / 18] }
    let bias = (0..<2).map { shift[$0] - mean[$0] * factors[$0] }
    let stored = [TensorProto("bias", shape: [2], floats: bias)]
    let added = [TensorProto("bias", shape: [2, 1, 1], floats: bias)]
    expectClose(try map("b = Conv(x, w, bias)", stored, weight: folded), normalized, within: 1e-5)
    expectClose(
      try map("a = Conv(x, w)\nb = Add(a, bias)", added, weight: folded), normalized, within: 1e-5)
  }
}
