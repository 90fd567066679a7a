package import Diagnostics
package import ONNXFormat

// What is changed of a model's graph before it is read and run.  Each pass leaves what is
// computed as it is, to the bit, except the widening of bfloat16.

extension ModelFile {
  /// The model with calls of its own functions written out, and in float32 where it is in
  /// bfloat16, for which runtimes have few operators.
  ///
  /// - Throws: `DiagnosticError` where a function calls itself or the graph grows without bounds.
  package func prepared() throws(DiagnosticError) -> ModelFile {
    var model = proto
    try FunctionInlining.apply(to: &model)
    BrainFloatWidening.apply(to: &model)
    return replacingProto(model)
  }

  /// The model with each If whose condition is known replaced by the branch it takes.
  ///
  /// - Parameter inputShapes: shapes to assume for inputs, by name, where the model leaves a
  ///   side open: conditions often ask for them.
  package func foldingBranches(inputShapes: [String: [Int]]) -> ModelFile {
    var model = proto
    BranchFolding.apply(to: &model, inputShapes: inputShapes)
    return replacingProto(model)
  }

  /// Whether values are in bfloat16, which is widened to float32.
  package var holdsBrainFloats: Bool { BrainFloatWidening.isNeeded(for: proto) }
}
