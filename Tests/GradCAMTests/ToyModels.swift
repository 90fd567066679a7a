import ONNXFormat
import _TestSupport

@testable import GradCAM

/// Small networks whose maps are computed by hand.
enum ToyModels {
  /// An input or output of float32 numbers; -1 is an open side.
  static func value(_ name: String, _ shape: [Int]) -> ValueInfoProto {
    ValueInfoProto(name, type: .float, shape: shape)
  }

  /// Conv 1→2 of ones with bias [−50, −75], ReLU, a linear row of five ones and three minus
  /// ones, ReLU.
  static func handComputed() throws -> Model {
    try Model(
      ModelFile(
        proto: model(
          """
          conv = Conv(x, weight, bias)
          relu = Relu(conv)
          flat = Flatten(relu)
          linear = Gemm<transB=1>(flat, rows)
          y = Relu(linear)
          """,
          inputs: [value("x", [-1, 1, 4, 4])], outputs: [value("y", [-1, 1])],
          initializers: [
            TensorProto(
              "weight", shape: [2, 1, 3, 3], floats: Array(repeating: 1, count: 18)),
            TensorProto("bias", shape: [2], floats: [-50, -75]),
            TensorProto("rows", shape: [1, 8], floats: [1, 1, 1, 1, 1, -1, -1, -1]),
          ])))
  }

  /// y = ½ Σ A², so that the gradient equals the activation.
  static func gradientEqualsActivation() throws -> Model {
    try Model(
      ModelFile(
        proto: model(
          """
          a = Mul(x, one)
          square = Mul(a, a)
          half = Mul(square, half_of)
          y = ReduceSum<keepdims=0>(half, axes)
          logits = Unsqueeze(y, last)
          """,
          inputs: [value("x", [-1, 4, 2, 2])], outputs: [value("logits", [-1, 1])],
          initializers: [
            TensorProto("one", shape: [], floats: [1]),
            TensorProto("half_of", shape: [], floats: [0.5]),
            TensorProto("axes", shape: [3], int64s: [1, 2, 3]),
            TensorProto("last", shape: [1], int64s: [1]),
          ])))
  }

  /// A convolution, ReLU, global average pooling and a linear head of three classes with the
  /// weight given.
  static func pooledHead(weight: [Float], convolution: [Float]) throws -> Model {
    try Model(
      ModelFile(
        proto: model(
          """
          conv = Conv<pads=[1, 1, 1, 1]>(x, kernel)
          maps = Relu(conv)
          pooled = GlobalAveragePool(maps)
          flat = Flatten(pooled)
          logits = Gemm<transB=1>(flat, head)
          p = Softmax<axis=1>(logits)
          """,
          inputs: [value("x", [-1, 3, 5, 6])], outputs: [value("p", [-1, 3])],
          initializers: [
            TensorProto("kernel", shape: [4, 3, 3, 3], floats: convolution),
            TensorProto("head", shape: [3, 4], floats: weight),
          ])))
  }
}
