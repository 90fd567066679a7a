/// A method's map as it comes out of the graph: signed, at the layer's resolution.
public struct RawMap: Hashable, Sendable {
  /// Columns, as many as the layer has.
  public let width: Int
  /// Rows.
  public let height: Int
  /// The values, row by row, in units of the target times the activation.
  public let values: [Float]

  /// The smallest value.
  public var minimum: Float { values.min() ?? 0 }
  /// The largest value.
  public var maximum: Float { values.max() ?? 0 }
}
