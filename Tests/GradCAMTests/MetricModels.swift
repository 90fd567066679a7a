import ONNXFormat
import _TestSupport

@testable import GradCAM

/// Tiny models of one 2 × 2 image whose metrics are worked out by hand.
enum MetricModels {
  /// y = Σ x.
  static func sum() throws -> Model {
    try model("y = ReduceSum<keepdims=0>(x, axes)\nlogits = Unsqueeze(y, last)", [])
  }

  /// A layer that is the photo itself, and its mean.
  static func mean(side: Int = 2) throws -> Model {
    try model(
      "a = Mul(x, unit)\npooled = GlobalAveragePool(a)\nlogits = Flatten(pooled)",
      [
        TensorProto("unit", shape: [], floats: [1])
      ], side: side)
  }

  /// 1 where no pixel is zero, else 0.
  static func untilHidden() throws -> Model { try pixels(atLeast: 4) }

  /// 1 where any pixel is not zero, else 0.
  static func onceShown() throws -> Model { try pixels(atLeast: 1) }

  /// 1 where at least so many pixels are not zero, else 0.
  private static func pixels(atLeast count: Float) throws -> Model {
    try model(
      """
      shown = Sign(x)
      number = ReduceSum<keepdims=0>(shown, axes)
      least = Sub(number, less)
      held = Clip(least, zero, one)
      logits = Unsqueeze(held, last)
      """,
      [
        TensorProto("less", shape: [], floats: [count - 1]),
        TensorProto("zero", shape: [], floats: [0]), TensorProto("one", shape: [], floats: [1]),
      ])
  }

  private static func model(_ text: String, _ initializers: [TensorProto], side: Int = 2) throws
    -> Model
  {
    try Model(
      ModelFile(
        proto: _TestSupport.model(
          text, inputs: [ToyModels.value("x", [-1, 1, side, side])],
          outputs: [ToyModels.value("logits", [-1, 1])],
          initializers: initializers + [
            TensorProto("axes", shape: [3], int64s: [1, 2, 3]),
            TensorProto("last", shape: [1], int64s: [1]),
          ])))
  }
}
