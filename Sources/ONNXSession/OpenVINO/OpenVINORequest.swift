import COpenVINO
import Diagnostics
import ONNXFormat

/// Owns what one run at a time goes through: the memory of all values between input and output.
final class OpenVINORequest: @unchecked Sendable {
  // Unchecked: only one thread at a time has it.
  private let pointer: UnsafeMutablePointer<OVRequest>
  private let functions: OVFunctions

  init(
    of model: UnsafeMutablePointer<OVCompiledModel>, _ functions: OVFunctions
  ) throws(DiagnosticError) {
    self.functions = functions
    pointer = try functions.made("request") { functions.CreateRequest(model, $0) }
  }

  deinit { functions.FreeRequest(pointer) }

  /// Sets the first tensor for as long as the rest is set and run, and gives copies of the
  /// outputs, whose memory the next run uses again.
  func run(
    _ inputs: ArraySlice<(name: String, tensor: Tensor)>, outputs: [String], model: String
  ) throws(DiagnosticError) -> [Tensor] {
    guard let (name, tensor) = inputs.first else {
      try functions.check(functions.Run(pointer)) { .failedRunOnOpenVINO(model, $0) }
      var results: [Tensor] = []
      for output in outputs { results.append(try copy(of: output, model)) }
      return results
    }
    guard let type = tensor.elementType.openVINONumber else {
      throw .unknownToOpenVINO(tensor.elementType, name)
    }
    return try tensor.withUnsafeBytes { bytes throws(DiagnosticError) in
      var sides = tensor.shape.map(Int64.init)
      // An empty tensor has no memory, but the library wants some.
      let data = UnsafeMutableRawPointer(mutating: bytes.baseAddress) ?? Self.nothing
      let value = try sides.withUnsafeMutableBufferPointer { sides throws(DiagnosticError) in
        let shape = OVShape(rank: Int64(sides.count), sides: sides.baseAddress)
        return try functions.made("tensor") { functions.CreateTensor(type, shape, data, $0) }
      }
      defer { functions.FreeTensor(value) }
      try functions.check(functions.SetTensor(pointer, name, value)) {
        .failedRunOnOpenVINO(model, $0)
      }
      return try run(inputs.dropFirst(), outputs: outputs, model: model)
    }
  }

  nonisolated(unsafe) private static let nothing = UnsafeMutableRawPointer.allocate(
    byteCount: 8, alignment: 8)

  private func copy(of output: String, _ model: String) throws(DiagnosticError) -> Tensor {
    let value = try functions.made("output") { functions.GetTensor(pointer, output, $0) }
    defer { functions.FreeTensor(value) }
    var type: Int32 = 0
    try functions.check(functions.GetElementType(value, &type))
    var shape = OVShape(rank: 0, sides: nil)
    try functions.check(functions.GetShape(value, &shape))
    let sides = (0..<Int(shape.rank)).map { place in shape.sides.map { Int($0[place]) } ?? 0 }
    try functions.check(functions.FreeShape(&shape))
    var count = 0
    try functions.check(functions.GetByteCount(value, &count))
    guard let elementType = ElementType(openVINONumber: type),
      elementType.byteCount(of: sides.reduce(1, *)) == count
    else { throw .unreadableOutput(output, model) }
    guard count > 0 else { return Tensor(elementType: elementType, shape: sides, bytes: []) }
    var data: UnsafeMutableRawPointer?
    try functions.check(functions.GetData(value, &data))
    guard let data else { throw .unreadableOutput(output, model) }
    let bytes = UnsafeRawBufferPointer(start: data, count: count)
    if elementType == .float {
      return Tensor(shape: sides, floats: Array(bytes.assumingMemoryBound(to: Float.self)))
    }
    return Tensor(elementType: elementType, shape: sides, bytes: Array(bytes))
  }
}

// MARK: - Types

extension ElementType {
  /// The library's numbers of the types that a tensor can have, the same since 2025.0.
  private static let openVINONumbers: [ElementType: Int32] = [
    .bool: 1, .bfloat16: 2, .float16: 3, .float: 4, .double: 5, .int8: 7, .int16: 8, .int32: 9,
    .int64: 10, .uint8: 16, .uint16: 17, .uint32: 18, .uint64: 19,
  ]

  fileprivate var openVINONumber: Int32? { Self.openVINONumbers[self] }

  fileprivate init?(openVINONumber number: Int32) {
    guard let found = Self.openVINONumbers.first(where: { $0.value == number }) else { return nil }
    self = found.key
  }
}
