import ONNXFormat

/// An input or output as a model file declares it.
public struct ModelValue: Hashable, Sendable, CustomStringConvertible {
  /// The value's name.
  public let name: String
  /// The type of its elements, such as `float32`; `no tensor` for a sequence or a map.
  public let typeName: String
  /// The sides as the file spells them: numbers, names such as `batch`, or `?`; nil where the
  /// file states no shape.
  public let sides: [String]?
  /// Whether the file stores a value for this input, so that it need not be fed.
  public let hasDefault: Bool

  init(_ value: ValueInfoProto, hasDefault: Bool = false) {
    name = value.name
    self.hasDefault = hasDefault
    let tensor = value.type.tensorType
    guard tensor.hasElemType else {
      (typeName, sides) = ("no tensor", nil)
      return
    }
    typeName = ElementType(rawValue: tensor.elemType).description
    guard tensor.hasShape else {
      sides = nil
      return
    }
    sides = tensor.shape.dim.map { side in
      side.dimValue > 0 ? "\(side.dimValue)" : side.dimParam.isEmpty ? "?" : side.dimParam
    }
  }

  /// Type and shape: `float32 [N, 3, 224, 224]`.
  public var summary: String {
    sides.map { "\(typeName) [\($0.joined(separator: ", "))]" }
      ?? (typeName == "no tensor" ? "a sequence or map" : "\(typeName) of unstated shape")
  }

  /// Name, type and shape: `'input': float32 [N, 3, 224, 224]`.
  public var description: String { "'\(name)': \(summary)" }
}
