/// A dense array of float32 numbers, such as a gradient or an input prepared elsewhere.
public struct FloatTensor: Hashable, Sendable {
  /// The sides, outermost axis first.
  public let shape: [Int]
  /// The elements in row-major order, as many as the sides multiply to.
  public let values: [Float]

  /// Makes a tensor.
  ///
  /// - Precondition: the values fill the shape.
  public init(shape: [Int], values: [Float]) {
    precondition(shape.reduce(1, *) == values.count, "a tensor's values fill its shape")
    self.shape = shape
    self.values = values
  }
}
