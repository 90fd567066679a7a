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
  /// The maps of each view of the photo, brought back to where things were; empty unless the photo
  /// was varied.
  var views: [[RawMap]] = []
}

extension MethodResult {
  /// A map for each of the layers: where the method joined them the joint one for each.
  func maps(of layers: [Layer]) -> [RawMap] {
    guard maps.count == 1, layers.count > 1 else { return maps }
    return layers.map { _ in maps[0] }
  }
}
