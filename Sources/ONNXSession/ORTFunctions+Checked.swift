import COnnxRuntime
import Diagnostics
import ONNXFormat

extension ORTFunctions {
  /// Throws what a status says, if it is one, and releases it.
  func check(
    _ status: UnsafeMutablePointer<ORTStatus>?,
    _ error: (String) -> DiagnosticError = DiagnosticError.runtime
  ) throws(DiagnosticError) {
    guard let status else { return }
    defer { ReleaseStatus(status) }
    throw error(String(cString: GetErrorMessage(status)))
  }

  /// What a function that fills in a pointer made.
  func made<T>(
    _ what: String, _ error: (String) -> DiagnosticError = DiagnosticError.runtime,
    _ make: (UnsafeMutablePointer<UnsafeMutablePointer<T>?>) -> UnsafeMutablePointer<ORTStatus>?
  ) throws(DiagnosticError) -> UnsafeMutablePointer<T> {
    var result: UnsafeMutablePointer<T>?
    try check(make(&result), error)
    guard let result else { throw .runtime("no \(what) was made") }
    return result
  }

  /// The names of the execution providers that the library was built with.
  func availableProviders() throws(DiagnosticError) -> [String] {
    var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>>?
    var count: Int32 = 0
    try check(GetAvailableProviders(&names, &count))
    guard let names else { return [] }
    let result = (0..<Int(count)).map { String(cString: names[$0]) }
    try check(ReleaseAvailableProviders(names, count))
    return result
  }
}

// MARK: - Values and what is said of them

extension ORTFunctions {
  /// What a session says of its inputs.
  func inputs(of session: UnsafePointer<ORTSession>) throws(DiagnosticError) -> [ValueInfo] {
    try values(
      of: session, count: SessionGetInputCount, name: SessionGetInputName,
      type: SessionGetInputTypeInfo)
  }

  /// What a session says of its outputs.
  func outputs(of session: UnsafePointer<ORTSession>) throws(DiagnosticError) -> [ValueInfo] {
    try values(
      of: session, count: SessionGetOutputCount, name: SessionGetOutputName,
      type: SessionGetOutputTypeInfo)
  }

  private func values(
    of session: UnsafePointer<ORTSession>,
    count: (UnsafePointer<ORTSession>, UnsafeMutablePointer<Int>) -> UnsafeMutablePointer<
      ORTStatus
    >?,
    name: (
      UnsafePointer<ORTSession>, Int, UnsafeMutablePointer<ORTAllocator>,
      UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    ) -> UnsafeMutablePointer<ORTStatus>?,
    type: (
      UnsafePointer<ORTSession>, Int, UnsafeMutablePointer<UnsafeMutablePointer<ORTTypeInfo>?>
    ) -> UnsafeMutablePointer<ORTStatus>?
  ) throws(DiagnosticError) -> [ValueInfo] {
    let allocator = try made("allocator") { GetAllocatorWithDefaultOptions($0) }
    var total = 0
    try check(count(session, &total))
    var result: [ValueInfo] = []
    for index in 0..<total {
      let text = try made("name") { name(session, index, allocator, $0) }
      let valueName = String(cString: text)
      try check(AllocatorFree(allocator, text))
      let info = try made("type") { type(session, index, $0) }
      defer { ReleaseTypeInfo(info) }
      var tensor: UnsafePointer<ORTTensorInfo>?
      try check(CastTypeInfoToTensorInfo(info, &tensor))
      guard let tensor else {
        result.append(ValueInfo(name: valueName, elementType: .undefined, shape: [], symbols: []))
        continue
      }
      let (elementType, shape) = try typeAndShape(tensor)
      var symbols = [UnsafePointer<CChar>?](repeating: nil, count: shape.count)
      try check(GetSymbolicDimensions(tensor, &symbols, symbols.count))
      result.append(
        ValueInfo(
          name: valueName, elementType: elementType, shape: shape,
          symbols: symbols.map { $0.map { String(cString: $0) } ?? "" }))
    }
    return result
  }

  /// The element type and shape of a value, or nil where it is no tensor.
  func typeAndShape(of value: UnsafePointer<ORTValue>) -> (ElementType, [Int])? {
    let made = try? made("type") { GetTensorTypeAndShape(value, $0) }
    guard let info = made else { return nil }
    defer { ReleaseTensorTypeAndShapeInfo(info) }
    return try? typeAndShape(info)
  }

  private func typeAndShape(
    _ info: UnsafePointer<ORTTensorInfo>
  ) throws(DiagnosticError) -> (ElementType, [Int]) {
    var type: Int32 = 0
    try check(GetTensorElementType(info, &type))
    var rank = 0
    try check(GetDimensionsCount(info, &rank))
    var shape = [Int64](repeating: 0, count: rank)
    try check(GetDimensions(info, &shape, rank))
    return (ElementType(rawValue: type), shape.map { Int($0) })
  }
}
