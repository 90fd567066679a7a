import Diagnostics
import ONNXFormat
import ONNXGradient
import ONNXGraph
import ONNXSession
import Testing
import _TestSupport

/// The odd models of the fixtures: found their way through, or refused in words.
@Suite struct UnusualModelTests {
  /// A line of `Models/models.json`.
  struct Row: Decodable, Sendable, CustomStringConvertible {
    let name: String
    let works: Bool
    let defaultLayer: String?
    let logits: String?

    var description: String { name }
  }

  private static func rows(_ works: Bool) throws -> [Row] {
    try Fixtures.json("Models/models.json", as: [Row].self).filter { $0.works == works }
  }

  @Test("Layer and logits are found, and the gradient is a slope", arguments: try rows(true))
  func works(_ row: Row) throws {
    let opened = try open(row.name)
    let list = opened.list
    let layer = list.layers[try #require(list.defaultIndex)]
    #expect(([layer.name, layer.value] + layer.aliases).contains(row.defaultLayer ?? ""))
    #expect(opened.logits.value == row.logits)

    let written = try opened.file.proto.differentiated(
      by: [layer.value, opened.input], from: opened.logits.value,
      inputShapes: [opened.input: opened.shape])
    var file = opened.file
    file.proto = written.model
    let logits = opened.logits.value
    if !file.proto.graph.output.contains(where: { $0.name == logits }) {
      file.proto.graph.output.append(ValueInfoProto(logits, type: .float, shape: nil))
    }
    let session = try Session(
      file, options: SessionOptions(threads: 1, optimizationLevel: .none))
    var random = SeededGenerator(seed: 2)
    let x = random.floats(opened.shape.reduce(1, *))
    let direction = random.floats(x.count)
    let shape = try #require(opened.logits.shape).map { $0.value ?? 1 }
    let dy = random.floats(shape.reduce(1, *))
    func outputs(_ step: Float, _ names: [String]) throws -> [Tensor] {
      let moved = zip(x, direction).map { $0 + step * $1 }
      return try session.run(
        [
          opened.input: Tensor(shape: opened.shape, floats: moved),
          "cotangent": Tensor(shape: shape, floats: dy),
        ], outputs: names)
    }
    func value(_ step: Float) throws -> Double {
      let values = try outputs(step, [logits])[0].floats
      return zip(dy, values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    let gradient = try outputs(0, written.outputs)[1].floats
    let terms = zip(gradient, direction).map { Double($0 * $1) }
    // A step so small that few kinks flip within it; rounding leaves three digits.
    let step = Float(sign: .plus, exponent: -10, significand: 1)
    let slope = try (value(step) - value(-step)) / Double(2 * step)
    let size = terms.reduce(1e-3) { $0 + abs($1) }
    #expect(abs(slope - terms.reduce(0, +)) <= 1e-2 * size, "\(slope), not \(terms.reduce(0, +))")
  }

  @Test("What does not work is refused or has no layer, without a trap", arguments: try rows(false))
  func refused(_ row: Row) throws {
    do {
      let opened = try open(row.name)
      let gradient = Result {
        try opened.file.proto.differentiated(by: [opened.input], from: opened.logits.value)
      }
      guard case .success(let written) = gradient, !written.outputs.isEmpty else { return }
      // What is left has a gradient but is no image classifier, or the runtime refuses it.
      let known = [
        "tabular", "no-spatial-layer", "two-images", "future-opset",
        "external-missing", "short-initializer", "unknown-value", "tokens",
      ]
      #expect(known.contains(row.name))
    } catch {
      #expect(!error.message.isEmpty)
    }
  }

  @Test("An operator without a rule is named, with the nearest layer that can be explained")
  func nearest() throws {
    let before = try open("reverse-sequence")
    let error = #expect(throws: DiagnosticError.self) {
      try before.file.proto.differentiated(by: [before.input], from: before.logits.value)
    }
    #expect(error?.kind == .unsupported)
    #expect(
      error?.message
        == "No gradient rule for operator 'ReverseSequence' (opset \(before.graph.opset))")
    #expect(error?.notes.count == 1)
    let nearest = Gradient.nearestExplainable(
      after: before.list.layers[0], in: before.list, to: before.logits.value,
      graph: before.graph)
    #expect(nearest?.operatorName == "ReverseSequence")

    let after = try open("reverse-sequence-after")
    let feature = try #require(after.list.layers.first { $0.value == "feature" })
    let second = Gradient.nearestExplainable(
      after: feature, in: after.list, to: after.logits.value, graph: after.graph)
    #expect(second?.operatorName == "ReverseSequence")
    let last = try #require(after.list.layers.last)
    #expect(
      Gradient.nearestExplainable(
        after: last, in: after.list, to: after.logits.value, graph: after.graph) == nil)
  }

  @Test(
    "Other operators are refused by name",
    arguments: [
      ("custom-domain", "No gradient rule for operator 'Sharpen' (domain example.custom)"),
      ("local-function", "No gradient rule for operator 'Square' (domain example.local)"),
      ("if-branch", "No gradient through 'If', which decides at run time what is run"),
      ("loop", "No gradient through 'Loop', which decides at run time what is run"),
    ])
  func names(_ name: String, _ message: String) throws {
    let opened = try open(name)
    let error = #expect(throws: DiagnosticError.self) {
      try opened.file.proto.differentiated(by: [opened.input], from: opened.logits.value)
    }
    #expect(error?.message == message)
  }

  // MARK: Support

  private struct Opened {
    let file: ModelFile
    let graph: Graph
    let input: String
    let shape: [Int]
    let logits: Logits
    let list: LayerList
  }

  private func open(_ name: String) throws(DiagnosticError) -> Opened {
    var file = try ModelFile(contentsOf: Fixtures.path("Models/\(name).onnx")).prepared()
    let first = Graph(file.proto).inputs.first
    let input = first?.name ?? ""
    // One image, 16 by 16 where the model leaves the size open.
    let sides = first?.type.tensorType.shape.dim.enumerated().map { axis, side in
      side.dimValue > 0 ? Int(side.dimValue) : axis == 0 ? 1 : 16
    }
    file = file.foldingBranches(inputShapes: [input: sides ?? []])
    let graph = Graph(file.proto, inputShapes: [input: sides ?? []])
    let logits = Logits(behind: graph.outputs.first?.name ?? "", in: graph)
    let path = FloatPath(in: graph, from: input, to: logits.value)
    return Opened(
      file: file, graph: graph, input: input, shape: sides ?? [], logits: logits,
      list: LayerList(of: graph, on: path, input: input))
  }
}
