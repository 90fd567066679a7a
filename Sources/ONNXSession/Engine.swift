/// The library that runs a graph.
package enum Engine: Hashable, Sendable {
  /// ONNX Runtime: what everything is tested with.
  case onnxRuntime
  /// OpenVINO, where it is installed: for reduced precision.
  case openVINO
}

/// How exactly numbers are computed.
package enum Precision: Hashable, Sendable {
  /// As the model has them, in float32.
  case full
  /// Products in bfloat16, on processors that have instructions for it.
  case bfloat16
}
