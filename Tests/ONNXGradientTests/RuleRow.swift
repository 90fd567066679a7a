import ONNXFormat
import ONNXGraph
import ONNXSession
import _TestSupport

/// A small use of one operator: what the rule's test needs to know of it.
struct RuleRow: Sendable, CustomStringConvertible {
  /// The node as text; its inputs are `x`, `z` and `v`, its first output `y`.
  let text: String
  /// The inputs that are differentiated.
  let inputs: [RuleInput]
  /// Weights and parameters.
  var constants: [TensorProto] = []
  var opset = 17
  /// How far central differences in float32 may stray, relative to the largest term.
  var tolerance: Float = 2e-3

  var description: String { text }

  /// The operator.
  var operatorName: String { nodes(text)[0].qualifiedName }

  /// The model of the node.
  var model: ModelProto {
    _TestSupport.model(
      text,
      inputs: inputs.map { ValueInfoProto($0.name, type: .float, shape: $0.shape) },
      outputs: [ValueInfoProto("y", type: .float, shape: nil)],
      initializers: constants, opset: opset, ir: opset < 20 ? 8 : 10)
  }
}

/// An input and the values on which the operator has a derivative.
struct RuleInput: Sendable {
  let name: String
  let shape: [Int]
  let domain: Domain

  /// Where values are drawn from.
  enum Domain {
    /// Evenly from a range, further than 0.1 from each kink.
    case range(ClosedRange<Float>, kinks: [Float])
    /// All different by at least 0.25, for what compares values with each other.
    case distinct
  }

  /// Values in the domain.
  func values(using random: inout SeededGenerator) -> [Float] {
    let count = shape.reduce(1, *)
    switch domain {
    case .distinct:
      let order = (0..<count).shuffled(using: &random)
      return order.map { (Float($0) - Float(count) / 2) * 0.25 + 0.1 }
    case .range(let range, let kinks):
      return (0..<count).map { _ in
        while true {
          let value = Float.random(in: range, using: &random)
          if kinks.allSatisfy({ abs($0 - value) > 0.1 }) { return value }
        }
      }
    }
  }
}
