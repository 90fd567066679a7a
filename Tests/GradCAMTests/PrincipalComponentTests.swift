import ONNXFormat
import Testing
import _TestSupport

@testable import GradCAM

@Suite("Principal components in the graph")
struct PrincipalComponentTests {
  /// A model whose layer `a` is its input.
  private static func model(channels: Int, side: Int) throws -> Model {
    try Model(
      ModelFile(
        proto: _TestSupport.model(
          """
          a = Mul(x, one)
          pooled = GlobalAveragePool(a)
          logits = Flatten(pooled)
          """,
          inputs: [ToyModels.value("x", [-1, channels, side, side])],
          outputs: [ToyModels.value("logits", [-1, channels])],
          initializers: [TensorProto("one", shape: [], floats: [1])])))
  }

  /// The i-th vector of the discrete cosine transform of n numbers, of length 1.
  private static func wave(_ i: Int, of n: Int) -> [Double] {
    (0..<n).map { place in
      let angle = Double.pi * Double(i) * (Double(place) + 0.5) / Double(n)
      return cosine(angle) * (2 / Double(n)).squareRoot()
    }
  }

  /// Channels × places with known singular values, and places' singular vectors that are centred.
  private static func matrix(_ values: [Double], channels: Int, places: Int) -> [Double] {
    var rows = [Double](repeating: 0, count: channels * places)
    for (i, value) in values.enumerated() {
      let (u, v) = (wave(i + 1, of: channels), wave(i + 1, of: places))
      for k in 0..<channels {
        for place in 0..<places { rows[k * places + place] += value * u[k] * v[place] }
      }
    }
    return rows
  }

  @Test(
    "The first component is found where the second is nearly as large",
    arguments: [
      // Products over channels, over places, and of more than 256 of both.
      (12, 8, 0.9995), (80, 7, 0.9995), (300, 18, 0.995), (300, 18, 0.9),
    ])
  func component(channels: Int, side: Int, second: Double) throws {
    let places = side * side
    let values = [1, second, 0.8, 0.5, 0.1] + (0..<4).map { 0.05 / Double($0 + 1) }
    let numbers = Self.matrix(values, channels: channels, places: places)
    let explainer = try Explainer(
      Self.model(channels: channels, side: side), preprocessing: .raw)
    let input = FloatTensor(shape: [channels, side, side], values: numbers.map { Float($0) })
    let layer = try explainer.model.layer(named: "a")
    let map = try explainer.explanations(of: input, at: [layer], using: .eigenCAM)[0].rawMap
    let expected = Self.wave(1, of: places)
    let scale = expected.reduce(0) { max($0, abs($1)) }
    let error =
      [1.0, -1].map { sign in
        zip(map.values, expected).reduce(0) { max($0, abs(sign * Double($1.0) - $1.1)) }
      }.min() ?? 1
    // Float32 numbers turn the component by their rounding over the distance of the values.
    #expect(error <= 1e-4 * scale, "\(error / scale)")
    let sum = (0..<places).reduce(0.0) { total, place in
      total + Double(map.values[place])
        * (0..<channels).reduce(0) { $0 + numbers[$1 * places + place] }
    }
    #expect(sum >= -1e-6)
  }

  @Test("The kernel's component is an eigenvector of the kernel, of its largest eigenvalue")
  func kernel() throws {
    let (channels, side) = (6, 17)
    let places = side * side
    var random = SeededGenerator(seed: 3)
    let numbers = random.floats(channels * places).map { $0 * 4 }
    let explainer = try Explainer(
      Self.model(channels: channels, side: side), preprocessing: .raw)
    let input = FloatTensor(shape: [channels, side, side], values: numbers)
    let layer = try explainer.model.layer(named: "a")
    let map = try explainer.explanations(of: input, at: [layer], using: .kpcaCAM)[0].rawMap.values
      .map(Double.init)
    let rows = (0..<channels).map { numbers[$0 * places..<($0 + 1) * places].map(Double.init) }
      .map { row in row.map { $0 - row.reduce(0, +) / Double(places) } }
    var kernel = (0..<places).map { i in
      (0..<places).map { j -> Double in
        let product = rows.reduce(0) { $0 + $1[i] * $1[j] } / Double(channels) + 1
        return hyperbolicTangent(product)
      }
    }
    let means = kernel.map { $0.reduce(0, +) / Double(places) }
    let mean = means.reduce(0, +) / Double(places)
    for i in 0..<places { for j in 0..<places { kernel[i][j] += mean - means[i] - means[j] } }
    func times(_ x: [Double]) -> [Double] {
      kernel.map { row in zip(row, x).reduce(0) { $0 + $1.0 * $1.1 } }
    }
    // M = √λ u, so that |M|² = λ.
    let value = map.reduce(0) { $0 + $1 * $1 }
    let image = times(map)
    let scale = map.reduce(0) { max($0, abs($1)) }
    for (a, b) in zip(image, map) { #expect(abs(a - value * b) <= 1e-4 * value * scale) }
    // No vector is stretched more.
    for seed in 0..<5 {
      var other = SeededGenerator(seed: UInt64(seed))
      var x = other.floats(places).map(Double.init)
      for _ in 0..<12 {
        x = times(x)
        let length = x.reduce(0) { $0 + $1 * $1 }.squareRoot()
        x = x.map { $0 / length }
      }
      let stretched = zip(x, times(x)).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(stretched <= value * (1 + 1e-6))
    }
  }

  @Test("Maps that are even have an empty component, not one that is no number")
  func even() throws {
    let explainer = try Explainer(Self.model(channels: 4, side: 3), preprocessing: .raw)
    let input = FloatTensor(shape: [4, 3, 3], values: Array(repeating: 2, count: 36))
    let layer = try explainer.model.layer(named: "a")
    for method in [Method.eigenCAM, .eigenGradCAM, .kpcaCAM] {
      let why = try explainer.explanations(of: input, at: [layer], using: method)[0]
      #expect(why.rawMap.values.allSatisfy { abs($0) < 1e-6 }, "\(method.name)")
    }
  }

  @Test("A layer with too many places for a kernel matrix is refused with a smaller one")
  func large() throws {
    let explainer = try Explainer(Self.model(channels: 2, side: 65), preprocessing: .raw)
    let input = FloatTensor(
      shape: [2, 65, 65], values: (0..<2 * 65 * 65).map { Float($0 % 7) })
    let layer = try explainer.model.layer(named: "a")
    let error = try #require(throws: DiagnosticError.self) {
      try explainer.explanations(of: input, at: [layer], using: .kpcaCAM)
    }
    #expect(error.message.hasSuffix("has 4225 places; expected at most 4096"))
  }
}
