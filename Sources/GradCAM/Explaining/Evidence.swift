/// Which part of a signed map is shown.
public enum Evidence: String, CaseIterable, Hashable, Sendable {
  /// What raises the target: ReLU of the map.
  case `for`
  /// What lowers it: ReLU of the negated map (negative Grad-CAM).
  case against
  /// Both on one scale centred on zero.
  case both
}
