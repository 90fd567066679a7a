import Diagnostics
import ONNXFormat

extension ModelFile {
  /// The same model with some inputs made constants, so that everything which depends on nothing
  /// else folds.
  ///
  /// - Throws: ``DiagnosticError`` for an unknown input, or a value whose type or shape does not
  ///   fit.
  func feeding(_ values: [String: InputValue]) throws(DiagnosticError) -> ModelFile {
    var result = self
    for (input, value) in values.sorted(by: { $0.key < $1.key }) {
      guard let declared = proto.graph.input.first(where: { $0.name == input }) else {
        throw .noInputNamed(input, proto.graph.input.map(\.name), model: name)
      }
      result.proto.feed(declared, try tensor(of: value, for: declared))
    }
    return result
  }

  /// A value as the input takes it.
  private func tensor(
    of value: InputValue, for input: ValueInfoProto
  ) throws(DiagnosticError) -> NumericTensor {
    let declared = input.type.tensorType
    guard declared.hasElemType else { throw .unfeedable(ModelValue(input), model: name) }
    let type = ElementType(rawValue: declared.elemType)
    // Half-precision inputs are fed as float32 and cast in the graph.
    let held = type == .float16 || type == .bfloat16 ? .float : type
    guard held.byteWidth != nil else { throw .unfeedable(ModelValue(input), model: name) }
    let sides = declared.hasShape ? declared.shape.dim.map { Int($0.dimValue) } : nil
    let tensor: NumericTensor
    switch value {
    case .constant(let number):
      let shape = (sides ?? []).map { max($0, 1) }
      let (count, isHuge) = shape.reduce((1, false)) { product, side in
        let (next, overflow) = product.0.multipliedReportingOverflow(by: side)
        return (next, product.1 || overflow || next > 1 << 28)
      }
      guard !isHuge else { throw .hugeConstant(ModelValue(input), model: name) }
      let one = NumericTensor(doubles: [number], shape: [])
      guard let element = one.converted(to: held) else {
        throw .wrongInputNumbers("\(number)", ModelValue(input), model: name)
      }
      tensor = NumericTensor(
        held, shape: shape, bytes: Array(repeatElement(element.bytes, count: count).joined()))
    case .tensor(let given):
      guard let sides else { return try cast(given, held, input) }
      let shapes = [given.shape, [1] + given.shape]
      guard
        let shape = shapes.first(where: { shape in
          shape.count == sides.count && zip(shape, sides).allSatisfy { $1 <= 0 || $0 == $1 }
        })
      else { throw .wrongInputShape(given.shape, ModelValue(input), model: name) }
      tensor = try cast(given.reshaped(shape), held, input)
    }
    return tensor
  }

  private func cast(
    _ tensor: NumericTensor, _ type: ElementType, _ input: ValueInfoProto
  ) throws(DiagnosticError) -> NumericTensor {
    guard let tensor = tensor.converted(to: type) else {
      throw .wrongInputNumbers("numbers of \(tensor.typeName)", ModelValue(input), model: name)
    }
    return tensor
  }
}

extension ModelProto {
  /// Stores a tensor in an input's place.
  fileprivate mutating func feed(_ input: ValueInfoProto, _ tensor: NumericTensor) {
    let type = ElementType(rawValue: input.type.tensorType.elemType)
    let isCast = type != tensor.elementType
    graph.initializer.removeAll { $0.name == input.name }
    let stored = isCast ? "\(input.name)/fed" : input.name
    graph.initializer.append(
      TensorProto(
        stored, type: tensor.elementType, shape: tensor.shape, littleEndian: tensor.bytes))
    if isCast {
      graph.node.insert(
        NodeProto(
          "Cast", [stored], [input.name], name: stored,
          attributes: [AttributeProto("to", Int(type.rawValue))]), at: 0)
    }
    graph.input.removeAll { $0.name == input.name }
    // The oldest file format wants every initializer among the inputs.
    if irVersion < 4 {
      graph.input.append(
        ValueInfoProto(stored, type: tensor.elementType, shape: tensor.shape))
    }
  }
}
