import Diagnostics
import ONNXFormat
import Synchronization

/// Compares the first run of a model on another engine with ONNX Runtime's in float32.
///
/// An engine that rewrites a graph wrongly gives a picture that looks like any other, so none is
/// believed before it has been seen to be right once.
final class EngineCheck: Sendable {
  private let model: ModelFile
  private let options: SessionOptions
  private let found = Mutex<Agreement?>(nil)

  init(_ model: ModelFile, _ options: SessionOptions) {
    self.model = model
    self.options = options
  }

  /// What the comparison found, once it was made.
  var agreement: Agreement? { found.withLock { $0 } }

  /// Whether no run has been compared yet.
  var isOpen: Bool { agreement == nil }

  /// The correlation below which outputs are wrong.  In bfloat16 ReLUs open and close elsewhere,
  /// so that a gradient at the input correlates by about 0.75 with that in float32; what the
  /// known errors give is next to 0.
  static func least(_ precision: Precision) -> Double { precision == .full ? 0.99 : 0.5 }

  /// Runs the same inputs through ONNX Runtime, if that has not been done.
  ///
  /// - Throws: `DiagnosticError` naming the output that differs.
  func compare(
    _ results: [Tensor], of names: [String], with inputs: [(name: String, tensor: Tensor)]
  ) throws(DiagnosticError) {
    try found.withLock { found throws(DiagnosticError) in
      guard found == nil else { return }
      // The weights' layout would take longer than this one run.
      let reference = try RuntimeModel(
        model, options: SessionOptions(threads: options.threads, prepacking: false))
      let expected = try reference.run(inputs, outputs: names)
      let least = zip(names, zip(results, expected))
        .filter { $0.1.1.elementType.isFloatingPoint }
        .map { name, pair in
          Agreement(
            output: name, correlation: Agreement.correlation(of: pair.0, with: pair.1))
        }
        .min { $0.correlation < $1.correlation }
      guard let least else { return }
      guard least.correlation >= Self.least(options.precision) else {
        throw .disagreeingEngine(least, model.name)
      }
      found = least
    }
  }
}
