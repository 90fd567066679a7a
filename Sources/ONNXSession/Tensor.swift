import COnnxRuntime
package import ONNXFormat

/// A dense tensor: what a session takes and gives.
///
/// One made from an array holds that array, and a session reads it where it lies; one that a
/// session gave owns the session's memory and is read in place.
package struct Tensor: Sendable {
  /// The type of the elements.
  package let elementType: ElementType

  /// The shape, outermost axis first; empty for a scalar.
  package let shape: [Int]

  private let storage: Storage

  /// Where the elements are.
  private enum Storage: Sendable {
    case floats([Float])
    case integers([Int])
    case bytes([UInt8])
    case runtime(RuntimeValue)
  }

  /// A tensor of float32 elements, which must fill the shape.
  package init(shape: [Int], floats: [Float]) {
    precondition(shape.reduce(1, *) == floats.count, "a tensor's values fill its shape")
    self.elementType = .float
    self.shape = shape
    self.storage = .floats(floats)
  }

  /// A tensor of int64 elements, which must fill the shape.
  package init(shape: [Int], integers: [Int]) {
    precondition(shape.reduce(1, *) == integers.count, "a tensor's values fill its shape")
    self.elementType = .int64
    self.shape = shape
    self.storage = .integers(integers)
  }

  /// A tensor of any type with a width, from its little-endian bytes, which must fill the shape.
  package init(elementType: ElementType, shape: [Int], bytes: [UInt8]) {
    precondition(
      elementType.byteCount(of: shape.reduce(1, *)) == bytes.count,
      "a tensor's values fill its shape")
    self.elementType = elementType
    self.shape = shape
    self.storage = .bytes(bytes)
  }

  /// A tensor that the runtime owns.
  init(elementType: ElementType, shape: [Int], value: RuntimeValue) {
    self.elementType = elementType
    self.shape = shape
    self.storage = .runtime(value)
  }

  /// How many elements there are.
  package var count: Int { shape.reduce(1, *) }
}

// MARK: - Reading

extension Tensor {
  /// Gives the elements' bytes to `body` where they lie.
  package func withUnsafeBytes<R, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    switch storage {
    case .floats(let values): try values.withBytes(body)
    case .integers(let values): try values.withBytes(body)
    case .bytes(let values): try values.withBytes(body)
    case .runtime(let value):
      try value.withUnsafeBytes(count: elementType.byteCount(of: count) ?? 0, body)
    }
  }

  /// Gives the elements to `body` where they lie; only for tensors of float32.
  package func withUnsafeFloats<R, E: Error>(
    _ body: (UnsafeBufferPointer<Float>) throws(E) -> R
  ) throws(E) -> R {
    precondition(elementType == .float, "the elements are float32")
    return try withUnsafeBytes { bytes throws(E) in
      try body(bytes.assumingMemoryBound(to: Float.self))
    }
  }

  /// The elements as float32, whatever number type they have; empty for text.
  package var floats: [Float] {
    switch storage {
    case .floats(let values): values
    default: withUnsafeBytes { elementType.floats($0) ?? [] }
    }
  }

  /// The elements of an integer or boolean tensor; empty for other types.
  package var integers: [Int] {
    switch storage {
    case .integers(let values): values
    default: withUnsafeBytes { elementType.integers($0) ?? [] }
    }
  }

  /// The same elements under another shape of as many.
  package func reshaped(_ shape: [Int]) -> Tensor {
    precondition(shape.reduce(1, *) == count, "a tensor's values fill its shape")
    return Tensor(elementType: elementType, shape: shape, storage: storage)
  }

  private init(elementType: ElementType, shape: [Int], storage: Storage) {
    self.elementType = elementType
    self.shape = shape
    self.storage = storage
  }
}
