#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

import ONNXFormat
import ONNXGradient
import ONNXGraph
import ONNXSession
import Testing
import _TestSupport

/// Every rule by itself: beside central differences, and the nodes it writes.
@Suite struct RuleTests {
  /// Rounding has no slope that differences could show: these are compared with PyTorch's
  /// autograd of the same estimator, in whole networks.
  private static let straightThrough: Set<String> = [
    "QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear",
  ]

  @Test("Every rule with a pullback has a row, and every row a rule")
  func rows() {
    let flowing = RuleTable.standard.rules.filter { rule in
      if case .pullback = rule.state { true } else { false }
    }
    #expect(
      Set(flowing.map(\.operatorName))
        == Set(RuleRows.all.map(\.operatorName)).union(Self.straightThrough))
  }

  /// (f(x + h v) − f(x − h v)) / 2h misses f' · v by h² f''' / 6 and by 2⁻²⁴ f / h from rounding:
  /// with h = 2⁻⁷ both are below 10⁻⁴ for values and derivatives near 1.
  @Test("The gradient is the slope that central differences show", arguments: RuleRows.all)
  func differences(_ row: RuleRow) throws {
    let step = Float(sign: .plus, exponent: -7, significand: 1)
    var random = SeededGenerator(seed: 5)
    let point = row.inputs.map { $0.values(using: &random) }
    let shape = try #require(Graph(row.model).shape(of: "y")?.fixedSides)
    let dy = random.floats(shape.reduce(1, *))
    let gradients = try row.model.gradients(
      by: row.inputs.map(\.name), from: "y", inputs: row.tensors(point),
      cotangent: Tensor(shape: shape, floats: dy))
    try #require(gradients.count == row.inputs.count)

    let session = try Session(
      ModelFile(proto: row.model), options: SessionOptions(threads: 1, optimizationLevel: .none))
    for _ in 0..<4 {
      let direction = point.map { random.floats($0.count) }
      func value(_ step: Float) throws -> Double {
        let moved = zip(point, direction).map { zip($0, $1).map { $0 + step * $1 } }
        let y = try session.run(row.tensors(moved), outputs: ["y"])[0].floats
        return zip(dy, y).reduce(0) { $0 + Double($1.0) * Double($1.1) }
      }
      let slope = try (value(step) - value(-step)) / Double(2 * step)
      let terms = zip(gradients, direction).flatMap { zip($0.floats, $1).map { Double($0 * $1) } }
      let expected = terms.reduce(0, +)
      let size = terms.reduce(1) { $0 + abs($1) }
      #expect(abs(slope - expected) <= Double(row.tolerance) * size, "\(slope), not \(expected)")
    }
  }

  /// A refactoring proves itself by this file; `GRADCAM_WRITE=1 swift test --filter RuleTests`
  /// writes it anew.
  @Test("The nodes written are those on file")
  func emitted() throws {
    let text = try RuleRows.all.map { try $0.emitted }.joined(separator: "\n\n") + "\n"
    try Fixtures.expect(text, inFile: Fixtures.path("Operators/emitted.txt"))
  }
}

/// The document of operators.
@Suite struct OperatorsDocumentTests {
  /// `GRADCAM_WRITE=1 swift test --filter OperatorsDocumentTests` writes it anew.
  @Test("OPERATORS.md is the rule table")
  func document() throws {
    try Fixtures.expect(
      RuleTable.standard.markdown, inFile: Fixtures.folder + "/../../OPERATORS.md")
  }
}

extension Fixtures {
  /// Expects a file to hold a text, or writes it where the environment asks for that.
  fileprivate static func expect(_ text: String, inFile path: String) throws {
    if ProcessInfo.processInfo.environment["GRADCAM_WRITE"] == "1" {
      try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
    let stored = try String(decoding: Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    let pairs = zip(stored.split(separator: "\n"), text.split(separator: "\n"))
    if let (old, new) = pairs.first(where: { $0 != $1 }) { #expect(new == old) }
    #expect(stored.utf8.count == text.utf8.count)
  }
}

extension RuleRow {
  fileprivate func tensors(_ values: [[Float]]) -> [String: Tensor] {
    Dictionary(
      uniqueKeysWithValues: zip(inputs, values).map {
        ($0.name, Tensor(shape: $0.shape, floats: $1))
      })
  }

  /// The node, the constants written for its gradient, and the nodes.
  fileprivate var emitted: String {
    get throws {
      let written = try model.differentiated(by: inputs.map(\.name), from: "y")
      let own = Set(constants.map(\.name))
      let constants = written.model.graph.initializer.filter { !own.contains($0.name) }
        .map { NodeProto("Constant", [], [$0.name], attributes: [AttributeProto("value", $0)]) }
      let shapes = inputs.map { "\($0.name): \($0.shape)" }.joined(separator: ", ")
      let results = zip(inputs, written.outputs).map { "d\($0.name): \($1)" }
      return """
        # \(self.text), \(shapes), operator set \(opset)
        \(_TestSupport.text(of: constants + written.nodes))
        # \(results.joined(separator: ", "))
        """
    }
  }
}
