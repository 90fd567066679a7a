import ONNXFormat
import ONNXGradient
import ONNXGraph
import ONNXSession
import Testing
import _TestSupport

/// The rules in float64, where central differences are nearly exact; what a rule writes must have
/// the type of the values it meets.
@Suite struct DoubleTests {
  /// Operators that ONNX Runtime computes in float32 only, on the processor; a group normalisation
  /// takes float64 but computes in float32, and the row of Cast is one to float32.
  private static let singleOnly: Set<String> = [
    "Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "AveragePool", "Cast", "Celu", "Conv",
    "ConvTranspose", "Cosh", "Elu", "Erf", "Gelu", "GlobalAveragePool", "GlobalMaxPool",
    "GroupNormalization", "HardSigmoid", "HardSwish", "ImageScaler", "InstanceNormalization", "LRN",
    "LpPool",
    "Mean", "MeanVarianceNormalization", "Resize", "Selu", "Sinh", "Softplus", "Softsign", "Tan",
    "ThresholdedRelu", "Upsample",
    "LSTM", "Shrink", "GlobalLpPool", "MaxUnpool", "GridSample", "Col2Im", "RotaryEmbedding",
    "com.microsoft.Gelu", "com.microsoft.BiasGelu", "com.microsoft.FusedConv",
    "com.microsoft.FusedGemm", "com.microsoft.SkipLayerNormalization",
    "com.microsoft.SkipSimplifiedLayerNormalization",
  ]

  private static let rows = RuleRows.all.filter { !singleOnly.contains($0.operatorName) }

  /// With h = 2⁻¹⁶ truncation is below 10⁻⁹ and rounding below 10⁻¹¹; gradients hold constants
  /// that are rounded to float32, which is 10⁻⁷.
  @Test("The gradient is the slope in float64 too", arguments: rows)
  func differences(_ row: RuleRow) throws {
    let model = row.model.inDouble
    let step = Double(sign: .plus, exponent: -16, significand: 1)
    var random = SeededGenerator(seed: 8)
    let point = row.inputs.map { $0.values(using: &random).map(Double.init) }
    let shape = try #require(Graph(model).shape(of: "y")?.fixedSides)
    let dy = random.floats(shape.reduce(1, *)).map(Double.init)
    let session = try Session(
      ModelFile(proto: model), options: SessionOptions(threads: 1, optimizationLevel: .none))
    let gradients = try model.gradients(
      by: row.inputs.map(\.name), from: "y", inputs: row.doubles(point),
      cotangent: Tensor(doubles: dy, shape: shape))
    try #require(gradients.count == row.inputs.count)
    let direction = point.map { random.floats($0.count).map(Double.init) }
    func value(_ step: Double) throws -> Double {
      let moved = zip(point, direction).map { zip($0, $1).map { $0 + step * $1 } }
      let y = try session.run(row.doubles(moved), outputs: ["y"])[0].doubles
      return zip(dy, y).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let slope = try (value(step) - value(-step)) / (2 * step)
    let terms = zip(gradients, direction).flatMap { zip($0.doubles, $1).map(*) }
    let size = terms.reduce(1) { $0 + abs($1) }
    #expect(abs(slope - terms.reduce(0, +)) <= 1e-6 * size, "\(slope), not \(terms.reduce(0, +))")
  }
}

extension RuleRow {
  fileprivate func doubles(_ values: [[Double]]) -> [String: Tensor] {
    Dictionary(
      uniqueKeysWithValues: zip(inputs, values).map {
        ($0.name, Tensor(doubles: $1, shape: $0.shape))
      })
  }
}

extension ModelProto {
  /// The model with float32 inputs and constants in float64; scales and the like stay float32.
  fileprivate var inDouble: ModelProto {
    var model = self
    for index in model.graph.input.indices {
      model.graph.input[index].type.tensorType.elemType = ElementType.double.rawValue
    }
    for index in model.graph.output.indices {
      model.graph.output[index].type.tensorType.elemType = ElementType.double.rawValue
    }
    for index in model.graph.initializer.indices {
      let tensor = model.graph.initializer[index]
      guard tensor.elementType == .float, tensor.name != "scales",
        let floats = tensor.inlineFloats
      else { continue }
      model.graph.initializer[index] = TensorProto()
      model.graph.initializer[index].name = tensor.name
      model.graph.initializer[index].dims = tensor.dims
      model.graph.initializer[index].dataType = ElementType.double.rawValue
      model.graph.initializer[index].doubleData = floats.map(Double.init)
    }
    return model
  }
}

extension Tensor {
  /// A tensor of float64.
  fileprivate init(doubles: [Double], shape: [Int]) {
    let bytes = doubles.flatMap { value in
      Swift.withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
    }
    self.init(elementType: .double, shape: shape, bytes: bytes)
  }

  /// The elements of a tensor of float64.
  fileprivate var doubles: [Double] {
    withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count, by: 8).map {
        Double(
          bitPattern: UInt64(
            littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt64.self)))
      }
    }
  }
}
