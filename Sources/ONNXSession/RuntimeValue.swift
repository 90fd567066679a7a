import COnnxRuntime

/// Owns one of the runtime's values, and frees it.
final class RuntimeValue: @unchecked Sendable {
  // Unchecked: nothing writes to a value after the run that made it.
  private let value: UnsafeMutablePointer<ORTValue>
  private let functions: ORTFunctions
  private let data: UnsafeMutableRawPointer?

  /// Takes over a value that a run gave.
  init(_ value: UnsafeMutablePointer<ORTValue>, functions: ORTFunctions) {
    self.value = value
    self.functions = functions
    var data: UnsafeMutableRawPointer?
    if let status = functions.GetTensorMutableData(value, &data) {
      functions.ReleaseStatus(status)
      data = nil
    }
    self.data = data
  }

  deinit { functions.ReleaseValue(value) }

  /// The value as a tensor in place, or nil where it is no tensor of elements with a width.
  var tensor: Tensor? {
    guard let (type, shape) = functions.typeAndShape(of: value), type.byteWidth != nil,
      data != nil || shape.contains(0)
    else { return nil }
    return Tensor(elementType: type, shape: shape, value: self)
  }

  /// Gives the first bytes of the value's memory to `body`.
  func withUnsafeBytes<R, E: Error>(
    count: Int, _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    defer { withExtendedLifetime(self) {} }
    return try body(UnsafeRawBufferPointer(start: data, count: data == nil ? 0 : count))
  }
}
