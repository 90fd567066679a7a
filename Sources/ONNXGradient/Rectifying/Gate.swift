import ONNXFormat
import ONNXGraph

/// Recognises a product of x with a gate of x, by what both are far from zero.
///
/// Swish, HardSwish, Mish and both forms of Gelu are written out in many ways; all are a product
/// whose one factor grows with x while the other goes from 0 far below zero to a constant far
/// above.  So the factors are computed there, instead of listing the ways.
struct Gate {
  private let graph: Graph
  /// The value that everything is made of.
  private let root: String
  /// Its number.
  private let x: Double

  /// The input that grows with x and what the other is far above zero; nil for any other product.
  static func product(_ node: NodeProto, in graph: Graph) -> (input: Int, slope: Float)? {
    guard node.input.count == 2 else { return nil }
    for (place, other) in [(0, 1), (1, 0)] {
      let (grown, gate) = (node.input[place], node.input[other])
      guard grown != gate, graph.number(grown) == nil, graph.number(gate) == nil else { continue }
      for root in roots(of: grown, in: graph) {
        let values = [-1e4, -1e3, 1e3, 1e4].map { x -> (Double, Double)? in
          let gate = Gate(graph: graph, root: root, x: x).value(gate, depth: 0)
          let grown = Gate(graph: graph, root: root, x: x).value(grown, depth: 0)
          return gate.flatMap { gate in grown.map { ($0, gate) } }
        }.compactMap(\.self)
        guard values.count == 4, values[0].0 < 0, values[3].0 > 0,
          abs(values[0].1) < 1e-6, abs(values[1].1) < 1e-6, values[2].1 > 0,
          abs(values[3].1 - values[2].1) < 1e-6 * values[2].1
        else { continue }
        return (place, Float(values[3].1))
      }
    }
    return nil
  }

  /// A value, and what it is a multiple of.
  private static func roots(of value: String, in graph: Graph) -> [String] {
    guard let node = graph.producer(of: value), node.isStandard,
      node.opType == "Mul" || node.opType == "Div",
      let constant = node.input.firstIndex(where: { graph.number($0) != nil }),
      node.input.count == 2
    else { return [value] }
    return [value, node.input[1 - constant]]
  }

  /// How far back the factors are followed.
  private static let depthLimit = 10

  /// A value computed from the root; nil where it is made of anything else.
  private func value(_ name: String, depth: Int) -> Double? {
    if name == root { return x }
    if let number = graph.number(name) { return Double(number) }
    guard depth < Self.depthLimit, let node = graph.producer(of: name), node.isStandard else {
      return nil
    }
    let a = node.input(at: 0).flatMap { value($0, depth: depth + 1) }
    guard let a else { return nil }
    switch node.opType {
    case "Identity", "Cast": return a
    case "Neg": return -a
    case "Relu": return max(a, 0)
    case "Sigmoid": return step(a, from: 0, to: 1)
    case "Tanh", "Erf": return step(a, from: -1, to: 1)
    case "Softplus": return abs(a) > 20 ? max(a, 0) : nil
    case "HardSigmoid":
      let slope = Double(node.float("alpha") ?? 0.2)
      return min(max(slope * a + Double(node.float("beta") ?? 0.5), 0), 1)
    case "Clip":
      let low = node.float("min") ?? node.input(at: 1).flatMap(graph.number)
      let high = node.float("max") ?? node.input(at: 2).flatMap(graph.number)
      return min(max(a, low.map(Double.init) ?? a), high.map(Double.init) ?? .infinity)
    case "Add", "Sub", "Mul", "Div", "Pow":
      guard let b = node.input(at: 1).flatMap({ value($0, depth: depth + 1) }) else { return nil }
      switch node.opType {
      case "Add": return a + b
      case "Sub": return a - b
      case "Mul": return a * b
      case "Div": return b == 0 ? nil : a / b
      default: return b == 2 ? a * a : b == 3 ? a * a * a : nil
      }
    default: return nil
    }
  }

  /// A function that is even far from zero on both sides, and half way between at zero; nil where
  /// it is neither.
  private func step(_ a: Double, from low: Double, to high: Double) -> Double? {
    if abs(a) < 1e-9 { return (low + high) / 2 }
    return abs(a) > 20 ? (a < 0 ? low : high) : nil
  }
}
