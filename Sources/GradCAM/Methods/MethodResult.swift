/// What a method gives for one target.
struct MethodResult: Sendable {
  /// A map for each layer asked for; for methods without layers one alone.
  var maps: [RawMap]
  /// A value for each number of the input, in the model's order without the batch, where the
  /// method has them.
  var attribution: FloatTensor?
  /// What the method found besides, such as the residual of completeness.
  var measures: [(name: String, value: Double)] = []
  /// What a reader must know of it, in words.
  var notes: [String] = []
}
