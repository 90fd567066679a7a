import Diagnostics

/// A model that an engine has made ready to run.
protocol LoadedModel: Sendable {
  /// What the model takes, in the model's order; initializers that are also inputs are left out.
  var inputs: [ValueInfo] { get }

  /// What the model gives, in the model's order.
  var outputs: [ValueInfo] { get }

  /// What a user should hear of how it was loaded.
  var note: String? { get }

  /// Runs inputs that were checked, and gives the outputs asked for, in that order.  Inputs are
  /// read where they lie; several threads may run at once.
  func run(
    _ inputs: [(name: String, tensor: Tensor)], outputs: [String]
  ) throws(DiagnosticError) -> [Tensor]
}

extension LoadedModel {
  var note: String? { nil }
}
