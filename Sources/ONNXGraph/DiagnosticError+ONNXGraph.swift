import Diagnostics
import ONNXFormat

extension DiagnosticError {
  /// A model's function calls itself, directly or through others.
  static func recursiveFunction(_ function: FunctionProto) -> Self {
    Self(
      .input, "Function '\(function.name)' of the model calls itself",
      help: "export the model again; the format does not allow this")
  }

  /// Calls of functions would multiply the graph past all bounds.
  static func hugeFunctions(limit: Int) -> Self {
    Self(
      .input, "The model's functions, written out, have more than \(limit) nodes",
      help: "export the model without functions")
  }
}
