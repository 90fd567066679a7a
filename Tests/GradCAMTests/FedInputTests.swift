import ONNXFormat
import Testing
import _TestSupport

@testable import GradCAM

@Suite("Inputs beside the image")
struct FedInputTests {
  /// A model with what it is fed.
  struct Row: Sendable, CustomTestStringConvertible {
    let model: String
    var image: String?
    let inputs: [String: InputValue]
    var testDescription: String { "\(model) \(inputs.keys.sorted())" }
  }

  private static func ones(_ shape: [Int]) -> NumericTensor {
    NumericTensor(shape: shape, floats: Array(repeating: 1, count: shape.reduce(1, *)))
  }

  static let rows = [
    Row(model: "scale-input", inputs: ["scale": 1]),
    Row(model: "scale-input", inputs: ["scale": .tensor(ones([1, 4, 1, 1]))]),
    Row(model: "scale-input", inputs: ["scale": .tensor(ones([4, 1, 1]))]),
    Row(
      model: "scale-input",
      inputs: ["scale": .tensor(NumericTensor(shape: [4, 1, 1], integers: [1, 1, 1, 1]))]),
    Row(model: "flag-input", inputs: ["is_training": false]),
    Row(model: "size-input", inputs: ["size": 8]),
    Row(
      model: "size-input",
      inputs: ["size": .tensor(NumericTensor(shape: [2], floats: [8, 8]))]),
    Row(model: "default-input", inputs: [:]),
    Row(model: "default-input", inputs: ["gain": .constant(1)]),
    Row(model: "two-inputs-of-images", image: "input", inputs: ["other": 0]),
    Row(model: "two-inputs-of-images", inputs: ["other": 0]),
    Row(model: "fixed-batch-of-four", inputs: [:]),
    Row(model: "batch-of-one-inside", inputs: [:]),
    Row(model: "argmax-tail", inputs: [:]),
    Row(model: "zip-map", inputs: [:]),
  ]

  @Test(
    "What is fed becomes part of the model, which then computes the common map", arguments: rows)
  func maps(_ row: Row) throws {
    let model = try Model(
      contentsOf: Fixtures.path("Models/\(row.model).onnx"), image: row.image, inputs: row.inputs)
    #expect(model.fedInputs == row.inputs.keys.sorted())
    let layer = try #require(model.defaultLayer)
    #expect(layer.valueName == "feature")
    let explainer = try Explainer(model)
    for (place, image) in try SharedArrays.images().enumerated() {
      let why = try explainer.explanations(of: image, for: [.class(2), .class(1)], at: [layer])
      try SharedArrays.compare(why[0].rawMap.values, "map", place)
      try SharedArrays.compare(why[0].logits, "logits", place)
      let found = try explainer.gradient(of: image, for: .class(2), at: layer)
      try SharedArrays.compare(found.gradient.values, "layer-gradient", place)
      try SharedArrays.compare(found.activation.values, "layer-activation", place)
      #expect(found.gradient.shape == [4, 8, 8])
      let probabilities = try explainer.probabilities(of: image)
      #expect(zip(probabilities, why[0].probabilities).allSatisfy { abs($0 - $1) < 1e-6 })
    }
  }

  @Test("A stored value is overridden by one that is fed")
  func override() throws {
    let model = try Model(
      contentsOf: Fixtures.path("Models/default-input.onnx"), inputs: ["gain": 2])
    let image = try SharedArrays.images()[0]
    let why = try Explainer(model).explanations(
      of: image, for: [.class(2)], at: [try model.layer(named: "bare")])
    try SharedArrays.compare(why[0].rawMap.values.map { $0 / 2 }, "map", 0)
    #expect(model.declaredInputs.map(\.hasDefault) == [false, true])
  }

  @Test("The oldest file format takes what overrides a weight")
  func oldFormat() throws {
    let model = try Model(
      contentsOf: Fixtures.path("Models/initializers-are-inputs.onnx"), inputs: ["head_bias": 0])
    let usual = try Model(contentsOf: Fixtures.path("Models/initializers-are-inputs.onnx"))
    let image = try SharedArrays.images()[0]
    let layer = try #require(model.defaultLayer)
    let with = try Explainer(model).explanations(of: image, for: [.class(2)], at: [layer])[0]
    let without = try Explainer(usual).explanations(of: image, for: [.class(2)], at: [layer])[0]
    #expect(with.rawMap == without.rawMap)
    #expect(with.logit != without.logit)
    #expect(usual.declaredInputs.filter { !$0.hasDefault }.map(\.name) == ["input"])
  }

  @Test("Numbers change their type where they can be held")
  func types() throws {
    let numbers = NumericTensor(shape: [3], floats: [0, 1, 3])
    for type: ElementType in [.int64, .int32, .uint8, .double, .int16] {
      let converted = try #require(numbers.converted(to: type))
      #expect(converted.elementType == type && converted.floats == [0, 1, 3])
    }
    #expect(numbers.converted(to: .bool)?.integers == [0, 1, 1])
    #expect(NumericTensor(shape: [], floats: [0.5]).converted(to: .int64) == nil)
    #expect(NumericTensor(shape: [], integers: [-1]).converted(to: .uint8) == nil)
    #expect(NumericTensor(shape: [], floats: [.nan]).converted(to: .int32) == nil)
    #expect(numbers.converted(to: .string) == nil)
    let large = NumericTensor(shape: [], integers: [.max])
    #expect(large.converted(to: .int64)?.integers == [.max])
    #expect(large.converted(to: .int32) == nil)
  }

  @Test(
    "NumPy files of every type of numbers are read",
    arguments: [
      ("<f4", [0, 0, 0xc0, 0x3f]), ("<f8", [0, 0, 0, 0, 0, 0, 0xf8, 0x3f]), ("<f2", [0, 0x3e]),
      ("<i8", [2, 0, 0, 0, 0, 0, 0, 0]), ("<i4", [2, 0, 0, 0]), ("<i2", [2, 0]), ("|i1", [2]),
      ("<u8", [2, 0, 0, 0, 0, 0, 0, 0]), ("<u4", [2, 0, 0, 0]), ("<u2", [2, 0]), ("|u1", [2]),
      ("|b1", [1]),
    ] as [(String, [UInt8])])
  func numPy(_ code: String, _ bytes: [UInt8]) throws {
    let header = "{'descr': '\(code)', 'fortran_order': False, 'shape': (1,), }\n"
    let file =
      [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
      + bytes
    let tensor = try NumericTensor(numPy: file, name: "x.npy")
    #expect(tensor.shape == [1])
    #expect(tensor.floats == [code.contains("f") ? 1.5 : code == "|b1" ? 1 : 2])
    #expect(throws: DiagnosticError.self) {
      try NumericTensor(numPy: file.dropLast(), name: "x.npy")
    }
  }
}
