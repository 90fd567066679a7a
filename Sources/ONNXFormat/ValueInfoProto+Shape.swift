extension ValueInfoProto {
  /// A tensor of that type and shape; a text in the shape names a side that is not fixed.
  package init(_ name: String, _ type: ElementType, _ shape: [TensorShapeProto.Dimension]) {
    self.init()
    self.name = name
    self.type.tensorType.elemType = type.rawValue
    self.type.tensorType.shape.dim = shape
  }

  /// A tensor of that type about whose shape nothing is said, not even its rank.
  package init(_ name: String, _ type: ElementType) {
    self.init()
    self.name = name
    self.type.tensorType.elemType = type.rawValue
  }
}

extension TensorShapeProto.Dimension: ExpressibleByIntegerLiteral {
  /// A fixed side.
  package init(integerLiteral value: Int) { self.init(value) }

  /// A fixed side.
  package init(_ side: Int) {
    self.init()
    dimValue = Int64(side)
  }
}

extension TensorShapeProto.Dimension: ExpressibleByStringLiteral {
  /// A side that is not fixed, by its name.
  package init(stringLiteral value: String) { self.init(value) }

  /// A side that is not fixed, by its name.
  package init(_ name: String) {
    self.init()
    dimParam = name
  }
}
