import Diagnostics
import ONNXGraph

// What methods at the input are made of, as nodes: channels first, whatever the model's order.

extension GraphContext {
  /// The gradient ∂y/∂x at the input, [T, C, H, W], with the method's own rules.
  func inputGradient() throws(DiagnosticError) -> Term {
    let input = try model.layer(named: "input")
    let found = try gradients(of: [input.valueName], rules: method.inputRules)
    guard let gradient = found[input.valueName] else { throw .noGradient(input, model) }
    return input.map.brought(gradient).cast(to: .float)
  }

  /// The image's own numbers, [N, C, H, W].
  var inputNumbers: Term {
    get throws(DiagnosticError) {
      try model.layer(named: "input").map.brought(image).cast(to: .float)
    }
  }
}
