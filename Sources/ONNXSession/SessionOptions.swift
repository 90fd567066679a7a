/// How a session is to run.
package struct SessionOptions: Hashable, Sendable {
  /// Threads within an operator, or nil to let the runtime choose one per core.
  package var threads: Int?

  /// How far the runtime may rewrite the graph.
  package var optimizationLevel: OptimizationLevel

  /// Where operators run, most wanted first; the CPU takes what no other provider can.
  package var providers: [ExecutionProvider]

  /// Whether weights are copied into a layout that multiplies faster. Worth it for many runs;
  /// for one, loading costs more than it saves.
  package var prepacking: Bool

  /// Whether idle threads spin while they wait: lower latency on an idle machine, and much
  /// processor time lost on a busy one.
  package var spinning: Bool

  /// The library that runs the graph; of the options above OpenVINO heeds the threads alone.
  package var engine: Engine

  /// How exactly numbers are computed; only OpenVINO has a choice.
  package var precision: Precision

  /// Whether the first run on another engine is compared with ONNX Runtime's.
  package var checksEngine: Bool

  /// Where ONNX Runtime's optimised graphs are kept from one process to the next; on processors
  /// only.
  package var store: GraphStore?

  /// The graph's key there: everything it depends on, as 64 hexadecimal digits.
  package var storeKey: String?

  /// Makes options; the defaults suit one process that runs a model many times.
  package init(
    threads: Int? = nil, optimizationLevel: OptimizationLevel = .all,
    providers: [ExecutionProvider] = [.cpu], prepacking: Bool = true, spinning: Bool = true,
    engine: Engine = .onnxRuntime, precision: Precision = .full, checksEngine: Bool = true
  ) {
    self.threads = threads
    self.optimizationLevel = optimizationLevel
    self.providers = providers
    self.prepacking = prepacking
    self.spinning = spinning
    (self.engine, self.precision, self.checksEngine) = (engine, precision, checksEngine)
  }
}

/// How far the runtime may rewrite a graph before running it.
package struct OptimizationLevel: Hashable, Sendable {
  let number: Int32

  /// Runs the graph as it is written.
  package static let none = OptimizationLevel(number: 0)

  /// Folds constants and removes what has no effect.
  package static let basic = OptimizationLevel(number: 1)

  /// Fuses operators too.
  package static let extended = OptimizationLevel(number: 2)

  /// Changes memory layouts too.
  package static let all = OptimizationLevel(number: 99)
}
