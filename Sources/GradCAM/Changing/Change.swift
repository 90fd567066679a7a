import ONNXGraph

/// A change of a value within a model, such as feature maps left out or a photo partly hidden.
///
/// The change is written into the graph, so that only what tells the changes apart is fed: which
/// maps, which places.
struct Change: Hashable, Sendable {
  /// What tells this change from others at the same value.
  let name: String
  /// Whether sums of masks with the targets' values are given too.
  var sumsMasks = false
  /// Writes the changed value, [B, …] in the value's own order.
  let write: @Sendable (ChangeWriter) -> Term

  /// Two changes are the same if they have one name.
  static func == (a: Change, b: Change) -> Bool { a.name == b.name }

  /// Hashes the name.
  func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
