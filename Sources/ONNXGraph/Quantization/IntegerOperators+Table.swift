import ONNXFormat

extension IntegerOperators {
  /// How a node's operator is spelled; nil for all that are no integer operators.
  static func spelling(of node: NodeProto) -> Spelling? {
    if node.isStandard { return standard[node.opType] }
    return node.domain == "com.microsoft" ? contributed[node.opType] : nil
  }

  /// Operators of the standard set.
  private static let standard: [String: Spelling] = [
    "QLinearConv": { spelling, node in
      guard let x = spelling.real(node, 0), let w = spelling.real(node, 3) else { return false }
      // The bias moves no gradient and so is left out.
      let y = spelling.write(
        "Conv", [x, w], stem: node.stem + "/sum", attributes: node.attribute)
      return spelling.quantize(y, node, scale: 6)
    },
    "QLinearMatMul": { spelling, node in spelling.matrixProduct(node) },
    "ConvInteger": { spelling, node in
      let axes = spelling.rank(of: node.input(at: 1)) ?? 0
      guard let x = spelling.shifted(node, 0, zero: 2),
        let w = spelling.shifted(node, 1, zero: 3, channelAxes: axes)
      else { return false }
      let sum = spelling.write(
        "Conv", [x, w], stem: node.stem + "/sum", attributes: node.attribute)
      return spelling.count(sum, node)
    },
    "MatMulInteger": { spelling, node in
      // A zero point for each row of the first matrix is not written by any tool.
      guard let a = spelling.shifted(node, 0, zero: 2), let b = spelling.shifted(node, 1, zero: 3)
      else { return false }
      let sum = spelling.write("MatMul", [a, b], stem: node.stem + "/sum")
      return spelling.count(sum, node)
    },
  ]

  /// Operators that ONNX Runtime's quantization tool adds.
  private static let contributed: [String: Spelling] = [
    "QuantizeLinear": { spelling, node in spelling.rename(node) },
    "DequantizeLinear": { spelling, node in spelling.rename(node) },
    "QLinearAdd": { spelling, node in spelling.pair("Add", node) },
    "QLinearMul": { spelling, node in spelling.pair("Mul", node) },
    "QLinearSigmoid": { spelling, node in spelling.single("Sigmoid", node) },
    "QLinearLeakyRelu": { spelling, node in spelling.single("LeakyRelu", node) },
    "QLinearSoftmax": { spelling, node in spelling.single("Softmax", node) },
    "QLinearGlobalAveragePool": { spelling, node in spelling.single("GlobalAveragePool", node) },
    "QLinearAveragePool": { spelling, node in spelling.single("AveragePool", node) },
    "QLinearConcat": { spelling, node in
      var parts: [String] = []
      for place in stride(from: 2, to: node.input.count, by: 3) {
        guard let part = spelling.real(node, place) else { return false }
        parts.append(part)
      }
      let y = spelling.write(
        "Concat", parts, stem: node.stem + "/sum", attributes: node.attribute)
      return !parts.isEmpty && spelling.quantize(y, node, scale: 0)
    },
    "QGemm": { spelling, node in
      let axis = node.int("transB") == 1 ? 0 : 1
      guard let a = spelling.real(node, 0), let b = spelling.real(node, 3, axis: axis) else {
        return false
      }
      if node.input(at: 7) == nil {
        return spelling.finish("Gemm", [a, b], node, attributes: node.attribute)
      }
      let y = spelling.write(
        "Gemm", [a, b], stem: node.stem + "/sum", attributes: node.attribute)
      return spelling.quantize(y, node, scale: 7)
    },
  ]

  /// Y = quantized (A · B) of two quantized matrices.
  private mutating func matrixProduct(_ node: NodeProto) -> Bool {
    guard let a = real(node, 0) else { return false }
    let axis = (rank(of: node.input(at: 3)) ?? 2) - 1
    guard let b = real(node, 3, axis: axis) else { return false }
    return quantize(write("MatMul", [a, b], stem: node.stem + "/sum"), node, scale: 6)
  }

  /// An operator of one quantized input.
  private mutating func single(_ operatorName: String, _ node: NodeProto) -> Bool {
    guard node.int("channels_last") != 1, let x = real(node, 0) else { return false }
    let attributes = node.attribute.filter { $0.name != "channels_last" && $0.name != "opset" }
    let y = write(operatorName, [x], stem: node.stem + "/result", attributes: attributes)
    return quantize(y, node, scale: 3)
  }

  /// An operator of two quantized inputs.
  private mutating func pair(_ operatorName: String, _ node: NodeProto) -> Bool {
    guard let a = real(node, 0), let b = real(node, 3) else { return false }
    return quantize(write(operatorName, [a, b], stem: node.stem + "/result"), node, scale: 6)
  }

  /// A sum that the model counts in int32.
  private mutating func count(_ sum: String, _ node: NodeProto) -> Bool {
    finish(
      "Cast", [sum], node, attributes: [AttributeProto("to", Int(ElementType.int32.rawValue))])
  }

  /// An operator that the standard set has under the same name.
  private mutating func rename(_ node: NodeProto) -> Bool {
    replace(node) { $0.domain = "" }
    return true
  }
}

extension NodeProto {
  /// What the names of a node's spelling begin with.
  fileprivate var stem: String { output(at: 0) ?? "" }
}
