import Diagnostics
import ONNXFormat
import ONNXGraph
import ONNXSession

/// The part of a model that a changed value leads through to the logits, ready to run.
struct ChangedGraph: Sendable {
  /// What is asked of one graph.
  struct Request: Hashable, Sendable {
    /// The value that is changed.
    var value: String
    /// How it is changed.
    var change: Change
    /// How many changes run at once.
    var batch: Int
    /// Number of targets that sums of masks are given for; 0 where none are.
    var targets = 0
  }

  /// What one run gives.
  struct Results {
    /// [B, C].
    let logits: Tensor
    /// Σ_b y_tb · mask_b, [T, …], where the change gives it.
    let sums: Tensor?
  }

  /// How many changes run at once.
  let batch: Int
  private let session: Session
  private let names: Names

  /// What the values that a graph takes and gives are called.
  struct Names: Sendable {
    var prefix = ""
    var fed: [String: String] = [:]
    var logits = ""
    var sums: String?
  }

  /// Writes and loads the graph.
  ///
  /// - Parameter fed: the unchanged value and what is fed beside it, by their names in the model.
  init(
    _ request: Request, part: GraphPart, of model: Model, fed: [String: Tensor],
    options: SessionOptions
  ) throws(DiagnosticError) {
    let (proto, names) = try Self.write(request, part, model, fed)
    (batch, self.names) = (request.batch, names)
    session = try model.session(of: model.file.replacingProto(proto), options: options)
  }

  /// Runs B changes.
  ///
  /// - Parameters:
  ///   - fed: the unchanged value and what is fed beside it, by their names in the model.
  ///   - changes: what tells the changes apart, by the names their writer gave.
  func run(
    fed: [String: Tensor], changes: [String: Tensor]
  ) throws(DiagnosticError) -> Results {
    let taken = Set(session.inputs.map(\.name))
    var inputs: [String: Tensor] = [:]
    for (name, tensor) in fed {
      let input = names.fed[name] ?? name
      if taken.contains(input) { inputs[input] = tensor }
    }
    for (name, tensor) in changes { inputs[names.prefix + name] = tensor }
    let outputs = try session.run(
      inputs, outputs: [names.logits] + [names.sums].compactMap(\.self))
    return Results(logits: outputs[0], sums: names.sums == nil ? nil : outputs[1])
  }
}
